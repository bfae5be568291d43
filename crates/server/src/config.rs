//! Flags and environment of `mitta-server`. Every flag has its variable; a password belongs into
//! the variable, since everybody on a machine can read the arguments of a process.

use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use axum::http::Uri;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The partnership server of Mitta: HTTP in front of Postgres.
#[derive(Debug, Parser)]
#[command(name = "mitta-server", version, about, propagate_version = true)]
pub struct Cli {
    /// What is logged: a level (error, warn, info, debug) or tracing directives.
    #[arg(long, env = "MITTA_LOG", default_value = "info", global = true)]
    pub log: String,
    /// How it is logged: json (one object a line) or text.
    #[arg(
        long,
        env = "MITTA_LOG_FORMAT",
        value_enum,
        default_value_t,
        global = true
    )]
    pub log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub word: Word,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For eyes.
    Text,
}

/// The words of the command line.
#[derive(Debug, Subcommand)]
pub enum Word {
    /// Answer requests until SIGTERM or SIGINT.
    Serve(Box<ServeArgs>),
    /// Make or update the tables. Run by an admin before each new version is served; again is no
    /// change.
    Migrate(MigrateArgs),
    /// After a restore from a backup: makes every device read again and offer what it has.
    AfterRestore(AdminArgs),
    /// Say whether `serve` would start: database, version, role.
    Check(DatabaseArgs),
}

/// Where the server's database is.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// The database, as `postgres://login:password@host/name` or `host=… user=… dbname=…`.
    ///
    /// The login is a member of `mitta_server` and of nothing else (see `migrate --create-login`).
    /// The connection is not encrypted: use a Unix socket, the same machine, a private network or
    /// a tunnel. `PgBouncer` in transaction mode may stand between.
    #[arg(long, env = "MITTA_DATABASE_URL", hide_env_values = true, value_parser = UrlParser)]
    pub database_url: DatabaseUrl,
    /// Connections to the database, at most.
    #[arg(long, env = "MITTA_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    pub pool_size: u16,
    /// Seconds to wait for a free connection, or for a new one.
    #[arg(long, env = "MITTA_POOL_WAIT_S", default_value = "5", value_parser = seconds)]
    pub pool_wait_s: Duration,
    /// Seconds that one SQL statement may take.
    #[arg(long, env = "MITTA_STATEMENT_TIMEOUT_S", default_value = "20", value_parser = seconds)]
    pub statement_timeout_s: Duration,
}

/// Where the database is, for its admin.
#[derive(Debug, Clone, Args)]
pub struct AdminArgs {
    /// The database with a login that may make roles and tables in it: a superuser, or one with
    /// CREATEROLE that owns the database.
    #[arg(long, env = "MITTA_ADMIN_DATABASE_URL", hide_env_values = true, value_parser = UrlParser)]
    pub admin_database_url: DatabaseUrl,
}

/// What `migrate` takes.
#[derive(Debug, Clone, Args)]
pub struct MigrateArgs {
    /// The admin's way to the database.
    #[command(flatten)]
    pub admin: AdminArgs,
    /// Also make this login for the server, or give an existing one a new password.
    ///
    /// The password comes from `MITTA_LOGIN_PASSWORD`, else from the first line of standard input.
    #[arg(long, value_name = "NAME")]
    pub create_login: Option<String>,
}

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Where to listen. TLS is the business of a reverse proxy in front.
    #[arg(long, env = "MITTA_LISTEN", default_value = "127.0.0.1:8743")]
    pub listen: SocketAddr,
    /// The address under which people reach this server, for the links of invites.
    ///
    /// Without it they have none.
    #[arg(long, env = "MITTA_PUBLIC_URL")]
    pub public_url: Option<PublicUrl>,
    /// Sizes, times and rates.
    #[command(flatten)]
    pub limits: Limits,
    /// Seconds that requests under way get to finish after SIGTERM.
    #[arg(long, env = "MITTA_SHUTDOWN_S", default_value = "20", value_parser = seconds)]
    pub shutdown_s: Duration,
}

const LIVE_EVERY: Duration = Duration::from_millis(800);

/// Sizes, times and rates of requests.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// Proxies (addresses or networks, separated by commas) whose X-Forwarded-For is believed.
    #[arg(long, env = "MITTA_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Addresses or networks, separated by commas, that may read /metrics; never through a proxy.
    #[arg(long, env = "MITTA_METRICS_FROM", value_delimiter = ',', value_parser = network, default_value = "127.0.0.0/8,::1/128")]
    pub metrics_from: Vec<IpNet>,
    /// Bytes that the body of a request may have as sent.
    #[arg(long, env = "MITTA_MAX_BODY_BYTES", default_value_t = 1_114_112)]
    pub max_body_bytes: usize,
    /// Bytes that it may have once decompressed.
    #[arg(long, env = "MITTA_MAX_DECODED_BYTES", default_value_t = 1_114_112)]
    pub max_decoded_bytes: usize,
    /// Seconds that a request may take, from its headers to the head of its answer.
    #[arg(long, env = "MITTA_REQUEST_TIMEOUT_S", default_value = "30", value_parser = seconds)]
    pub request_timeout_s: Duration,
    /// Seconds that the headers of a request may take to arrive.
    #[arg(long, env = "MITTA_HEADER_TIMEOUT_S", default_value = "10", value_parser = seconds)]
    pub header_timeout_s: Duration,
    /// Seconds that a connection may take nothing of its answer before it is closed.
    #[arg(long, env = "MITTA_WRITE_TIMEOUT_S", default_value = "30", value_parser = seconds)]
    pub write_timeout_s: Duration,
    /// Between two looks of live streams at what other servers did; no setting.
    #[arg(skip = LIVE_EVERY)]
    pub live_every: Duration,
    /// Requests a second that one address may make in the long run (an IPv6 address: its /64).
    #[arg(long, env = "MITTA_RATE_PER_S", default_value_t = 20)]
    pub rate_per_s: u32,
    /// Requests that it may make at once before that.
    #[arg(long, env = "MITTA_RATE_BURST", default_value_t = 200)]
    pub rate_burst: u32,
    /// Connections open at the same time; more wait.
    #[arg(long, env = "MITTA_MAX_CONNECTIONS", default_value_t = 10_000)]
    pub max_connections: usize,
}

impl Default for Limits {
    /// As without any flag.
    fn default() -> Self {
        let v4 = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
        let v6 = Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128);
        Self {
            trusted_proxies: Vec::new(),
            metrics_from: vec![v4.into(), v6.into()],
            max_body_bytes: 1_114_112,
            max_decoded_bytes: 1_114_112,
            request_timeout_s: Duration::from_secs(30),
            header_timeout_s: Duration::from_secs(10),
            write_timeout_s: Duration::from_secs(30),
            live_every: LIVE_EVERY,
            rate_per_s: 20,
            rate_burst: 200,
            max_connections: 10_000,
        }
    }
}

/// The address under which people reach the server: a scheme, a host, and whatever a proxy puts before
/// the paths of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The link of an invite. A browser sends nothing that stands behind the `#`, so that the secret
    /// reaches no log of a server.
    pub fn invite(&self, secret: &str) -> String {
        format!("{}/invite#{secret}", self.0)
    }

    /// Whether people reach the server over TLS alone.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// Why a public address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an address such as https://mitta.example.org")]
pub struct InvalidPublicUrl;

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidPublicUrl)?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        let is_plain = !text.contains(['?', '#', '@']);
        if is_http && has_host && is_plain {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err(InvalidPublicUrl)
        }
    }
}

/// A way to a database. Its debug form hides all of it: there is a password in it.
#[derive(Clone)]
pub struct DatabaseUrl(tokio_postgres::Config);

impl DatabaseUrl {
    /// As tokio-postgres takes it.
    pub const fn config(&self) -> &tokio_postgres::Config {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// Why a database URL was refused. The URL itself is not repeated: a password is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// Not of either form.
    #[error("expected postgres://login:password@host:port/name or host=… user=… dbname=…")]
    Form,
    /// Asks for an encrypted connection.
    #[error(
        "sslmode=require is asked for, but this server's connection to Postgres is not encrypted: use a Unix socket, a private network or a tunnel, and sslmode=disable"
    )]
    Tls,
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let mut config: tokio_postgres::Config =
            text.parse().map_err(|_| InvalidDatabaseUrl::Form)?;
        if config.get_ssl_mode() == tokio_postgres::config::SslMode::Require {
            return Err(InvalidDatabaseUrl::Tls);
        }
        if config.get_application_name().is_none() {
            config.application_name("mitta-server");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        Ok(Self(config))
    }
}

/// clap's own words for a refused value repeat it, and there is a password in this one.
#[derive(Debug, Clone, Copy)]
struct UrlParser;

impl TypedValueParser for UrlParser {
    type Value = DatabaseUrl;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<DatabaseUrl, clap::Error> {
        let text = value.to_str().ok_or(InvalidDatabaseUrl::Form);
        text.and_then(str::parse).map_err(|error| {
            let told = format!("the URL of the database: {error}\n");
            clap::Error::raw(ErrorKind::ValueValidation, told).with_cmd(command)
        })
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(s) if s >= 1 => Ok(Duration::from_secs(u64::from(s))),
        _ => Err("expected whole seconds, at least 1".to_owned()),
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "expected an address or a network such as 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_defaults_without_flags_are_the_defaults() {
        let cli = Cli::try_parse_from(["mitta-server", "serve", "--database-url", "host=x user=y"]);
        let Word::Serve(serve) = cli.expect("valid").word else {
            panic!("serve is serve")
        };
        let limits = Limits::default();
        assert_eq!(serve.limits.max_body_bytes, limits.max_body_bytes);
        assert_eq!(serve.limits.max_decoded_bytes, limits.max_decoded_bytes);
        assert_eq!(serve.limits.request_timeout_s, limits.request_timeout_s);
        assert_eq!(serve.limits.header_timeout_s, limits.header_timeout_s);
        assert_eq!(serve.limits.write_timeout_s, limits.write_timeout_s);
        assert_eq!(serve.limits.live_every, limits.live_every);
        assert_eq!(serve.limits.rate_per_s, limits.rate_per_s);
        assert_eq!(serve.limits.rate_burst, limits.rate_burst);
        assert_eq!(serve.limits.max_connections, limits.max_connections);
    }

    #[test]
    fn a_database_url_never_shows_its_password() {
        let url: DatabaseUrl = "postgres://me:hunter2@h/db".parse().expect("valid");
        assert!(!format!("{url:?}").contains("hunter2"));
        let refused = "postgres://me:hunter2@h:port/db".parse::<DatabaseUrl>();
        assert_eq!(refused.map(|_| ()), Err(InvalidDatabaseUrl::Form));
    }

    #[test]
    fn an_encrypted_connection_that_is_asked_for_is_not_silently_left_out() {
        let refused = "postgres://me@h/db?sslmode=require".parse::<DatabaseUrl>();
        assert_eq!(refused.map(|_| ()), Err(InvalidDatabaseUrl::Tls));
    }

    #[test]
    fn an_invite_is_a_link_to_the_public_address() {
        let check = |given: &str, link: Option<&str>| {
            let made = given.parse::<PublicUrl>().ok();
            let made = made.map(|url| url.invite("s3cret"));
            assert_eq!(made.as_deref(), link, "{given}");
        };
        let plain = Some("https://mitta.example.org/invite#s3cret");
        check("https://mitta.example.org", plain);
        check("https://mitta.example.org/", plain);
        check(
            "http://10.0.0.7:8743/mitta/",
            Some("http://10.0.0.7:8743/mitta/invite#s3cret"),
        );
        for refused in [
            "",
            "/",
            "mitta.example.org",
            "ftp://mitta.example.org",
            "https://",
            "https://mitta.example.org/?a=b",
            "https://mitta.example.org/#a",
            "https://me:hunter2@mitta.example.org",
            "https://mitta example.org",
        ] {
            check(refused, None);
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_reader_and_no_url_shows_itself(
            given in "\\PC{0,60}|(postgres(ql)?://)?[a-z:@/?=&%0-9.]{0,50}|((host|user|port|sslmode|password)=[a-z0-9/' ]{0,9} ?){0,5}"
        ) {
            if let Ok(url) = given.parse::<DatabaseUrl>() {
                prop_assert_eq!(format!("{url:?}"), "DatabaseUrl(…)");
            }
            let _ = network(&given);
            if let Ok(s) = seconds(&given) {
                prop_assert!(s >= Duration::from_secs(1));
            }
        }
    }
}
