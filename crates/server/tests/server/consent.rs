//! Every consent against every way on which something could get out: what goes on, the partners' view and
//! its pages, pulls, and the live stream. Each rule is first seen to show what it is to hide.

use mitta_domain::UnixMillis;
use mitta_domain::op::Change;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{NOW, TestServer};
use crate::people::{PASSWORD, Somebody, server};

/// Bea looks at Ada everywhere.
struct Scene<'a> {
    ada: Somebody<'a>,
    bea: Somebody<'a>,
    us: String,
}

/// What Bea sees of Ada.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    is_sitting: bool,
    sits: usize,
    week_s: u64,
    pulled: usize,
}

impl<'a> Scene<'a> {
    async fn new(server: &'a TestServer) -> Self {
        let ada = Somebody::new(server, "ada", 1).await;
        let bea = Somebody::new(server, "bea", 2).await;
        let us = ada.joins(&bea, "2026-11-16").await;
        let scene = Self { ada, bea, us };
        scene.change(json!({"shows_sitting": true})).await;
        scene.ada.sits(1, "2026-11-20", 25).await;
        // A sit that goes on, as its device has pushed it.
        scene.ada.push(&[scene.started(2)]).await;
        scene.ada.sits_now(2, json!({})).await.is(204);
        assert_eq!(scene.seen().await, all(), "there is something to hide");
        scene
    }

    fn started(&self, sit: u128) -> mitta_domain::op::Op {
        let id = self.ada.sit_id(sit);
        self.ada.op(id, sit, NOW, 1, Change::Start { plan: None })
    }

    async fn change(&self, change: Value) {
        self.ada.membership(&self.us, change).await.is(200);
    }

    async fn seen(&self) -> Seen {
        let bea = &self.bea;
        let me = self.ada.person_id.to_string();
        let now = bea.get("/v1/now").await;
        let together = bea.get("/v1/together?today=2026-11-21&weeks=2").await;
        let pages = format!("/v1/together/sits?partnership_id={}&limit=50", self.us);
        let pages = bea.ask("GET", &pages, &Value::Null).await;
        let of_her = |list: &Value| {
            let list = list.as_array().cloned().unwrap_or_default();
            list.iter().filter(|it| it["person_id"] == *me).count()
        };
        let member = together["partnerships"][0]["members"].as_array().cloned();
        let member = member
            .unwrap_or_default()
            .into_iter()
            .find(|it| it["person_id"] == *me);
        let week_s = member.and_then(|it| it["weeks"][1]["credited_s"].as_u64());
        let recent = of_her(&together["partnerships"][0]["sits"]);
        if pages.status.is_success() {
            assert_eq!(
                of_her(&pages.json::<Value>()["sits"]),
                recent,
                "both lists agree"
            );
        }
        let pulled = match bea.share_of(&self.ada).await {
            Some(share) => bea.sees(&share).await.0.len(),
            None => 0,
        };
        Seen {
            is_sitting: of_her(&now["sitting"]) > 0,
            sits: recent,
            week_s: week_s.unwrap_or_default(),
            pulled,
        }
    }
}

fn all() -> Seen {
    Seen {
        is_sitting: true,
        sits: 1,
        week_s: 1500,
        pulled: 1,
    }
}

/// What is shared already stays; that she sits is not seen.
fn not_sitting() -> Seen {
    Seen {
        is_sitting: false,
        ..all()
    }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    WithdrawConsent,
    Pause,
    MakePrivate,
    Delete,
    Complete,
    ShareFromTomorrow,
    Leave,
    BeaLeaves,
    Erase,
    SaysNoMore,
    TwoMinutesPass,
    ItsEndPasses,
    PrivateSit,
    DeletedSit,
}

#[rstest]
#[case(Act::WithdrawConsent, not_sitting())]
#[case(Act::Pause, not_sitting())]
#[case(Act::MakePrivate, not_sitting())]
#[case(Act::Delete, not_sitting())]
#[case(Act::Complete, Seen { is_sitting: false, sits: 2, week_s: 1560, pulled: 2 })]
#[case(Act::ShareFromTomorrow, Seen::default())]
#[case(Act::Leave, Seen::default())]
#[case(Act::BeaLeaves, Seen::default())]
#[case(Act::Erase, Seen::default())]
#[case(Act::SaysNoMore, not_sitting())]
#[case(Act::TwoMinutesPass, not_sitting())]
#[case(Act::ItsEndPasses, not_sitting())]
#[case(Act::PrivateSit, Seen { is_sitting: true, ..Seen::default() })]
#[case(Act::DeletedSit, Seen { is_sitting: true, ..Seen::default() })]
#[tokio::test]
async fn what_is_not_agreed_to_is_seen_nowhere(#[case] act: Act, #[case] seen: Seen) {
    let server = server().await;
    let scene = Scene::new(&server).await;
    let (ada, us) = (&scene.ada, &scene.us);
    let now = server.clock.as_ref();
    match act {
        Act::WithdrawConsent => scene.change(json!({"shows_sitting": false})).await,
        Act::Pause => scene.change(json!({"is_paused": true})).await,
        Act::MakePrivate => {
            let sharing = mitta_domain::Sharing {
                shared: false,
                note_shared: false,
            };
            let op = ada.op(ada.sit_id(2), 2, NOW, 2, Change::Sharing { sharing });
            ada.push(&[op]).await;
            // Also where the device goes on saying so.
            ada.sits_now(2, json!({})).await.is(204);
        }
        Act::Delete => {
            let op = ada.op(ada.sit_id(2), 2, NOW, 3, Change::Deleted { deleted: true });
            ada.push(&[complete(ada), op]).await;
        }
        Act::Complete => ada.push(&[complete(ada)]).await,
        Act::ShareFromTomorrow => scene.change(json!({"share_since": "2026-11-22"})).await,
        Act::Leave => drop(ada.leaves(us).await.is(204)),
        Act::BeaLeaves => drop(scene.bea.leaves(us).await.is(204)),
        Act::Erase => {
            let body = json!({"password": PASSWORD});
            ada.ask("DELETE", "/v1/account", &body).await.is(204);
        }
        Act::SaysNoMore => drop(
            ada.ask("DELETE", "/v1/presence", &Value::Null)
                .await
                .is(204),
        ),
        Act::TwoMinutesPass => now.pass(120_000),
        Act::ItsEndPasses => {
            now.pass(60_000);
            ada.sits_now(2, json!({"left_s": 1})).await.is(204);
            now.pass(1_000);
        }
        Act::PrivateSit => ada.shows(1, "2026-11-20", false, 2).await,
        Act::DeletedSit => {
            let noon = UnixMillis(1_795_176_000_000);
            let op = ada.op(ada.sit_id(1), 1, noon, 2, Change::Deleted { deleted: true });
            ada.push(&[op]).await;
        }
    }
    assert_eq!(scene.seen().await, seen, "{act:?}");
}

fn complete(ada: &Somebody<'_>) -> mitta_domain::op::Op {
    let completion = mitta_domain::Completion {
        ended_at_ms: NOW,
        credited_s: mitta_domain::Seconds(60),
        paused_s: mitta_domain::Seconds(0),
        asleep_s: mitta_domain::Seconds(0),
        overtime_s: mitta_domain::Seconds(0),
    };
    let change = Change::Complete {
        completion,
        events: Vec::new(),
    };
    ada.op(ada.sit_id(2), 2, NOW, 2, change)
}
