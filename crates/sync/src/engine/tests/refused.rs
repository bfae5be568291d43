//! What the server refused, as a person meets it.

use std::collections::BTreeMap;

use super::*;

#[test]
fn what_was_refused_is_shown_exported_and_dismissed() {
    let refused = BTreeMap::from([("outcome", "rejected"), ("code", "credited_out_of_range")]);
    let server = Server::new(move |request| {
        let path = request.line.split('?').next().unwrap_or_default();
        match path {
            "GET /v1/meta" => json(200, &meta(0x5e00)),
            "POST /v1/push" => {
                let mut answer = push(0x5e00, PERSON, request);
                for op in answer["outcomes"].as_array_mut().unwrap() {
                    for (name, value) in &refused {
                        op[*name] = (*value).into();
                    }
                }
                json(200, &answer)
            }
            "GET /v1/pull" => json(200, &pull(0x5e00, PERSON)),
            _ => json(
                200,
                &object!({
                    "person_id": Uuid::from_u128(PERSON), "login": "kei", "display_name": "Kei",
                    "token": "s3cret", "expires_at_ms": 0,
                }),
            ),
        }
    });
    let home = Home::new();
    home.sign_in(&server).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    home.sit();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.rejected), (SyncWord::Rejected, 1));
    let ops = home.engine.rejected(NoArgs {}).unwrap().ops;
    assert_eq!(
        (ops[0].change.as_str(), ops[0].code.as_str()),
        ("sat", "credited_out_of_range")
    );
    let path = home
        .folder
        .path()
        .join("refused.json")
        .display()
        .to_string();
    let args = || ExportArgs { path: path.clone() };
    let written = home.engine.export_rejected(args()).unwrap();
    let text = std::fs::read_to_string(&written.path).unwrap();
    assert!(text.contains(&ops[0].op_id.to_string()) && text.len() as u64 == written.bytes);
    assert_eq!(
        code(home.engine.export_rejected(args())),
        Code::FileNotWritable
    );
    let args = OpArgs {
        op_id: ops[0].op_id,
    };
    assert_eq!(home.engine.dismiss_rejected(args).unwrap().ops, []);
    assert_eq!(code(home.engine.dismiss_rejected(args)), Code::NoSuchOp);
}
