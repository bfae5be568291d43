//! How a value is held against its golden file.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The folder of the golden files.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1")
}

/// `text` is what the golden file `name` holds, but for its last line end.
#[track_caller]
pub fn check_text(name: &str, text: &str) {
    let path = folder().join(format!("{name}.json"));
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == format!("{text}\n"),
        "{} is not what this program writes. It kept:\n{kept}\nand expected is:\n{text}\n",
        path.display()
    );
}

#[track_caller]
fn check_value<T: Serialize>(name: &str, value: &T) -> Value {
    check_text(name, &serde_json::to_string_pretty(value).unwrap());
    serde_json::to_value(value).unwrap()
}

#[track_caller]
fn check_back<T: Serialize + DeserializeOwned>(json: &Value) {
    let back: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(&serde_json::to_value(back).unwrap(), json, "it reads back");
}

/// A request is written as in its file, reads back, and a field more is refused at every place.
#[track_caller]
pub fn request<T: Serialize + DeserializeOwned>(name: &str, value: &T) {
    let json = check_value(name, value);
    check_back::<T>(&json);
    for (path, spoilt) in with_one_field_more(&json) {
        let read = serde_json::from_value::<T>(spoilt);
        let error = read
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        let is_refused = error.contains("unknown field `more`");
        assert!(is_refused, "{name}{path}: {error}");
    }
}

/// An answer is written as in its file, reads back, and a field more is passed over at every place but
/// in the parts that travel in ops too, whose shape is that of the op format.
#[track_caller]
pub fn answer<T: Serialize + DeserializeOwned>(name: &str, value: &T) {
    let json = check_value(name, value);
    check_back::<T>(&json);
    for (path, more) in with_one_field_more(&json) {
        let read = serde_json::from_value::<T>(more);
        if is_part_of_ops(&path) {
            assert!(read.is_err(), "{name}{path} is a part of ops");
            continue;
        }
        let read = read.unwrap_or_else(|error| panic!("{name}{path}: {error}"));
        assert_eq!(serde_json::to_value(read).unwrap(), json, "{name}{path}");
    }
}

fn is_part_of_ops(path: &str) -> bool {
    let parts = [
        ".plan",
        ".completion",
        ".words",
        ".sharing",
        "_stamp",
        ".events[",
    ];
    parts.iter().any(|part| path.contains(part))
}

/// Every way of adding one unknown field to an object anywhere inside.
pub fn with_one_field_more(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("more".to_owned(), Value::Object(Map::new()));
            let mut all = vec![(String::new(), Value::Object(more))];
            for (name, inner) in fields {
                for (path, changed) in with_one_field_more(inner) {
                    let mut outer = fields.clone();
                    outer.insert(name.clone(), changed);
                    all.push((format!(".{name}{path}"), Value::Object(outer)));
                }
            }
            all
        }
        Value::Array(items) => {
            let mut all = Vec::new();
            for (at, inner) in items.iter().enumerate() {
                for (path, changed) in with_one_field_more(inner) {
                    let mut outer = items.clone();
                    outer[at] = changed;
                    all.push((format!("[{at}]{path}"), Value::Array(outer)));
                }
            }
            all
        }
        _ => Vec::new(),
    }
}
