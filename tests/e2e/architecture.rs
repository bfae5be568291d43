//! Who may know whom: the crates' edges, as `cargo metadata` resolves them, against the list in
//! architecture.md.
//!
//! Each check is a pure function over what was read, so that it is also shown a graph that breaks
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::policy::{none, root};

/// "Who may know whom" of architecture.md. Everything a crate may depend on in this workspace;
/// nothing may depend on `mitta-desktop`. What only its tests know counts too: a Postgres of their own,
/// a log in memory; see `NEVER_REACHES` for the programs.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("mitta-domain", &[]),
    ("mitta-rpc", &[]),
    ("mitta-protocol", &["mitta-domain"]),
    ("mitta-store", &["mitta-domain"]),
    ("mitta-transfer", &["mitta-domain"]),
    ("mitta-words", &["mitta-domain"]),
    (
        "mitta-sync",
        &[
            "mitta-domain",
            "mitta-protocol",
            "mitta-store",
            "mitta-rpc",
            "mitta-logtest",
        ],
    ),
    (
        "mitta-runtime",
        &[
            "mitta-domain",
            "mitta-store",
            "mitta-rpc",
            "mitta-transfer",
            "mitta-logtest",
        ],
    ),
    (
        "mitta-server",
        &[
            "mitta-domain",
            "mitta-protocol",
            "mitta-words",
            "mitta-logtest",
            "mitta-pgtest",
        ],
    ),
    (
        "mitta-cli",
        &[
            "mitta-domain",
            "mitta-store",
            "mitta-runtime",
            "mitta-sync",
            "mitta-words",
        ],
    ),
    (
        "mitta-desktop",
        &[
            "mitta-domain",
            "mitta-store",
            "mitta-runtime",
            "mitta-sync",
            "mitta-words",
        ],
    ),
    ("mitta-logtest", &[]),
    ("mitta-pgtest", &[]),
    (
        "mitta-bench",
        &[
            "mitta-domain",
            "mitta-protocol",
            "mitta-store",
            "mitta-sync",
            "mitta-pgtest",
        ],
    ),
    (
        "mitta-simulation",
        &[
            "mitta-domain",
            "mitta-protocol",
            "mitta-store",
            "mitta-sync",
            "mitta-server",
            "mitta-pgtest",
        ],
    ),
    (
        "mitta-tests",
        &[
            "mitta-domain",
            "mitta-store",
            "mitta-runtime",
            "mitta-pgtest",
        ],
    ),
    ("xtask", &[]),
];

/// What a crate must not reach, however many crates lie between. A name stands for itself and
/// for what begins with it and a hyphen.
const NEVER_REACHES: &[(&str, &[&str])] = &[
    (
        "mitta-domain",
        &[
            "tokio",
            "async",
            "futures",
            "tauri",
            "wry",
            "rusqlite",
            "libsqlite3",
            "refinery",
            "reqwest",
            "hyper",
            "rodio",
            "cpal",
            "directories",
            "tempfile",
        ],
    ),
    (
        "mitta-protocol",
        &["tokio", "tauri", "rusqlite", "reqwest", "hyper", "axum"],
    ),
    (
        "mitta-store",
        &["tokio", "tauri", "wry", "reqwest", "hyper", "rodio", "cpal"],
    ),
    (
        "mitta-sync",
        &[
            "tauri",
            "wry",
            "gtk",
            "rodio",
            "axum",
            "mitta-server",
            "mitta-logtest",
        ],
    ),
    (
        "mitta-server",
        &[
            "tauri",
            "wry",
            "rusqlite",
            "reqwest",
            "rodio",
            "mitta-store",
            "mitta-logtest",
            "mitta-pgtest",
        ],
    ),
    (
        "mitta-runtime",
        // A sit never waits for the network (I9).
        &[
            "tauri",
            "wry",
            "webkit2gtk",
            "gtk",
            "reqwest",
            "hyper",
            "mitta-sync",
            "mitta-logtest",
        ],
    ),
    (
        "mitta-cli",
        &[
            "tauri",
            "wry",
            "tao",
            "webkit2gtk",
            "gtk",
            "javascriptcore",
            "soup3",
            "mitta-server",
            "mitta-pgtest",
        ],
    ),
];

/// Features of the whole workspace are one in what `cargo metadata` resolves: the server migrates
/// `Postgres` and the app `SQLite` with the same crate, and neither is built with the other's half when it
/// is built alone.
const UNITED: (&str, &[&str]) = ("refinery-core", &["tokio", "tokio-postgres", "rusqlite"]);

/// The graph as it is resolved for this machine, all features of the workspace counted in.
fn metadata() -> Metadata {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let version = String::from_utf8(version.stdout).expect("rustc prints UTF-8");
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("a host line");
    MetadataCommand::new()
        .current_dir(root())
        .other_options(["--locked", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("cargo metadata")
}

/// Dependencies on crates of the workspace, of any kind and for any platform.
fn workspace_edges(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let members = metadata.workspace_packages();
    let names: BTreeSet<_> = members.iter().map(|it| it.name.to_string()).collect();
    let edges = |it: &cargo_metadata::Package| {
        it.dependencies
            .iter()
            .map(|it| it.name.clone())
            .filter(|it| names.contains(it))
            .collect()
    };
    members
        .iter()
        .map(|it| (it.name.to_string(), edges(it)))
        .collect()
}

/// Edges that `allowed` does not have, crates it does not know, entries that outlived their crate.
fn forbidden_edges(
    edges: &BTreeMap<String, BTreeSet<String>>,
    allowed: &[(&str, &[&str])],
) -> Vec<String> {
    let mut found = Vec::new();
    for (from, to) in edges {
        match allowed.iter().find(|(name, _)| name == from) {
            None => found.push(format!("{from} is not in the list of who may know whom")),
            Some((_, allowed)) => found.extend(
                to.iter()
                    .filter(|it| !allowed.contains(&it.as_str()))
                    .map(|it| format!("{from} → {it}")),
            ),
        }
    }
    let gone = allowed
        .iter()
        .filter(|(name, _)| !edges.contains_key(*name));
    found.extend(gone.map(|(name, _)| format!("{name} is listed and is no crate")));
    found
}

/// What every crate links or builds with: dev-dependencies left out.
fn resolved_edges(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let name = |id| metadata[id].name.to_string();
    let mut edges = BTreeMap::<String, BTreeSet<String>>::new();
    for node in &metadata.resolve.as_ref().expect("a resolved graph").nodes {
        let linked = node.deps.iter().filter(|dep| {
            dep.dep_kinds
                .iter()
                .any(|it| it.kind == DependencyKind::Normal)
        });
        let from = name(&node.id);
        let is_own = |to: &String| from != UNITED.0 || !UNITED.1.contains(&to.as_str());
        let linked: Vec<String> = linked.map(|dep| name(&dep.pkg)).filter(is_own).collect();
        edges.entry(from).or_default().extend(linked);
    }
    edges
}

/// The shortest ways from `from` to a crate of a forbidden name.
fn forbidden_reach(
    edges: &BTreeMap<String, BTreeSet<String>>,
    from: &str,
    never: &[&str],
) -> Vec<String> {
    let is_banned = |name: &str| {
        never.iter().any(|it| {
            name.strip_prefix(it)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    let mut ways = vec![vec![from]];
    let mut seen = BTreeSet::from([from]);
    let mut found = Vec::new();
    while let Some(way) = ways.pop() {
        for next in edges.get(way[way.len() - 1]).into_iter().flatten() {
            if seen.insert(next) {
                let way = [way.as_slice(), &[next.as_str()]].concat();
                if is_banned(next) {
                    found.push(way.join(" → "));
                } else {
                    ways.insert(0, way);
                }
            }
        }
    }
    found
}

fn edges(pairs: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
    let names = |to: &[&str]| to.iter().map(|it| (*it).to_owned()).collect();
    pairs
        .iter()
        .map(|(from, to)| ((*from).to_owned(), names(to)))
        .collect()
}

#[test]
fn crates_know_only_whom_the_architecture_allows() {
    none(
        &forbidden_edges(&workspace_edges(&metadata()), MAY_KNOW),
        "edges not allowed",
    );
}

#[test]
fn a_new_edge_a_new_crate_and_a_stale_entry_are_each_noticed() {
    let allowed: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("gone", &[])];
    let found = forbidden_edges(
        &edges(&[("a", &["b"]), ("b", &["a"]), ("new", &[])]),
        allowed,
    );
    let expected = [
        "a → b",
        "new is not in the list of who may know whom",
        "gone is listed and is no crate",
    ];
    assert_eq!(found, expected);
}

#[test]
fn no_crate_reaches_what_it_must_never_know() {
    let edges = resolved_edges(&metadata());
    for (from, never) in NEVER_REACHES {
        assert!(edges.contains_key(*from), "{from} is no crate");
        none(&forbidden_reach(&edges, from, never), "ways not allowed");
    }
}

#[test]
fn the_desktop_reaches_webkit_so_the_graph_is_the_real_one() {
    let edges = resolved_edges(&metadata());
    assert!(!forbidden_reach(&edges, "mitta-desktop", &["tauri"]).is_empty());
}

#[test]
fn a_way_over_other_crates_is_noticed() {
    let edges = edges(&[("cli", &["runtime"]), ("runtime", &["gtk-sys", "gtkish"])]);
    assert_eq!(
        forbidden_reach(&edges, "cli", &["gtk"]),
        ["cli → runtime → gtk-sys"]
    );
}
