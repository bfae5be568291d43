//! What happened to an account, as its owner sees it.

use serde_json::{Value, json};

use crate::people::{PASSWORD, Somebody, ask, id, server};

/// Kinds, newest first, with whatever names they carry.
async fn list(of: &Somebody<'_>) -> Vec<String> {
    let list = of.get("/v1/activity").await;
    let one = |it: &Value| {
        let names = ["device_name", "partnership_name", "person_name"];
        let names = names.iter().filter_map(|name| it[name].as_str());
        let words = it["kind"].as_str().into_iter().chain(names);
        words.collect::<Vec<_>>().join(" / ")
    };
    let list = list["activities"].as_array().expect("a list");
    list.iter().map(one).collect()
}

#[tokio::test]
async fn what_happens_to_an_account_and_a_partnership_is_listed_for_those_it_happens_to() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let change = json!({"shows_sitting": true, "is_paused": true, "share_since": "2026-11-02"});
    ada.membership(&us, change.clone()).await.is(200);
    ada.membership(&us, change).await.is(200);
    let back = json!({"shows_sitting": false, "is_paused": false});
    ada.membership(&us, back).await.is(200);
    bea.leaves(&us).await.is(204);
    let here = "a test / Us";
    let partnership = |kind: &str| format!("{kind} / {here}");
    assert_eq!(
        list(&ada).await,
        [
            "member_left / Us / BEA".to_owned(),
            partnership("sitting_hidden"),
            partnership("sharing_resumed"),
            partnership("sitting_shown"),
            partnership("sharing_paused"),
            partnership("share_since_changed"),
            "member_joined / Us / BEA".to_owned(),
            "invite_accepted / Us / BEA".to_owned(),
            partnership("invited"),
            partnership("partnership_made"),
            "signed_up / a test".to_owned(),
        ],
        "what changes nothing is not listed"
    );
    assert_eq!(
        list(&bea).await,
        ["left / a test / Us", "joined / Us", "signed_up / a test"]
    );

    let other = ada.on_device(id(77)).await;
    let body = json!({"login": "ada", "password": PASSWORD});
    ask(&server, "POST", "/v1/sign-in", &body).await.is(200);
    ada.ask("GET", "/v1/account/export", &Value::Null)
        .await
        .is(200);
    let again = json!({"password": PASSWORD});
    let code = ada.ask("POST", "/v1/account/recovery-code", &again).await;
    let code: Value = code.is(200).json();
    let device = format!("/v1/devices/{}", other.device_id);
    ada.ask("DELETE", &device, &Value::Null).await.is(204);
    let new = json!({"current_password": PASSWORD, "new_password": "another long one"});
    ada.ask("POST", "/v1/account/password", &new).await.is(204);
    ada.ask("POST", "/v1/sign-out", &Value::Null).await.is(204);
    let recover = json!({"login": "ada", "recovery_code": code["recovery_code"],
        "new_password": PASSWORD, "device": {"device_id": ada.device_id, "name": "anew"}});
    let answer = ask(&server, "POST", "/v1/recover", &recover).await;
    let token = answer.json::<Value>()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let mut ada = ada;
    ada.token = token;
    assert_eq!(
        list(&ada).await[..8],
        [
            "recovered / anew",
            "signed_out / a test",
            "password_changed / a test",
            "device_revoked / another",
            "recovery_code_made / a test",
            "exported / a test",
            "signed_in",
            "signed_in / another",
        ]
    );

    bea.ask("DELETE", "/v1/account", &json!({"password": PASSWORD}))
        .await
        .is(204);
    let names = list(&ada).await.join(" ");
    assert!(
        !names.contains("BEA"),
        "an erased person is named nowhere: {names}"
    );
}

#[tokio::test]
async fn the_list_has_the_newest_hundred() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    for n in 0..110 {
        let change = json!({"is_paused": n % 2 == 0});
        ada.membership(&us, change).await.is(200);
    }
    let list = list(&ada).await;
    assert_eq!(list.len(), 100);
    assert_eq!(list[0], "sharing_resumed / a test / Us");
}
