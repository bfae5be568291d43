//! What partners see of each other, what goes on at this moment, and what happened to an account.

use chrono::Weekday;
use mitta_domain::{PersonId, PlannedLength, Seconds, TogetherBells, TogetherId};
use mitta_protocol::activity::{Activities, Activity, ActivityKind};
use mitta_protocol::live::LiveEvent;
use mitta_protocol::now::{
    AnswerProposal, JoinAnswer, NewProposal, Now, Presence, Proposal, ProposalAnswer, ServerTime,
    SittingNow,
};
use mitta_protocol::together::{
    Compared, Together, TogetherMember, TogetherPartnership, TogetherQuery, TogetherSit,
    TogetherSits, TogetherSitsQuery, TogetherWeek, Total, WeekTotal,
};
use rstest::rstest;

use crate::check::{answer, request};
use crate::samples;

fn together_id() -> TogetherId {
    TogetherId::from_uuid(samples::uuid(8))
}

fn partner_id() -> PersonId {
    PersonId::from_uuid(samples::uuid(10))
}

fn planned() -> PlannedLength {
    PlannedLength::from_seconds(1200).unwrap()
}

fn bells(interval_every_s: Option<Seconds>) -> TogetherBells {
    TogetherBells {
        start_strikes: 3,
        end_strikes: 1,
        interval_every_s,
    }
}

fn weeks() -> Vec<WeekTotal> {
    let week = |first: &str, sits, credited_s| WeekTotal {
        first_date: first.parse().unwrap(),
        sits,
        credited_s,
    };
    vec![week("2026-11-09", 0, 0), week("2026-11-16", 2, 2400)]
}

fn all(week: &WeekTotal) -> TogetherWeek {
    TogetherWeek {
        first_date: week.first_date,
        sits: Some(week.sits),
        credited_s: Some(week.credited_s),
    }
}

fn sits() -> Vec<TogetherSit> {
    vec![
        TogetherSit::of(samples::person_id(), samples::sit(), true),
        TogetherSit::of(partner_id(), samples::bare_sit(), false),
    ]
}

fn partnership() -> TogetherPartnership {
    let me = TogetherMember {
        person_id: samples::person_id(),
        display_name: "Ada".to_owned(),
        is_me: true,
        weekly_goal_s: Some(12_600),
        share_since: "2026-11-01".parse().unwrap(),
        is_paused: Some(false),
        shows_sitting: Some(true),
        weeks: Some(weeks()),
        private: Some(Total {
            sits: 1,
            credited_s: 1500,
        }),
        on_the_way: 1,
        as_of_ms: None,
    };
    let partner = TogetherMember {
        person_id: partner_id(),
        display_name: "Ben".to_owned(),
        is_me: false,
        weekly_goal_s: None,
        is_paused: None,
        shows_sitting: None,
        private: None,
        on_the_way: 0,
        as_of_ms: Some(samples::ms(0)),
        ..me.clone()
    };
    TogetherPartnership {
        partnership_id: samples::partnership_id(),
        name: "Morning".to_owned(),
        week_start: Weekday::Mon,
        members: vec![me, partner],
        weeks: weeks().iter().map(all).collect(),
        sits: sits(),
        has_more_sits: true,
        compared: None,
    }
}

#[test]
fn the_partners_view() {
    let together = |compared| Together {
        partnerships: vec![TogetherPartnership {
            compared,
            ..partnership()
        }],
    };
    answer("together", &together(None));
    let mut fetching = together(Some(Compared::Pending));
    let one = &mut fetching.partnerships[0];
    one.members[0].weeks = None;
    for week in &mut one.weeks {
        (week.sits, week.credited_s) = (None, None);
    }
    answer("together_fetching", &fetching);
    let equal = Compared::Equal {
        compared_at_ms: samples::ms(5),
    };
    answer("together_compared", &equal);
    answer("together_pending", &Compared::Pending);
    let weeks = vec!["2026-11-16".parse().unwrap()];
    answer("together_differs", &Compared::Differs { weeks });
    let page = TogetherSits {
        sits: sits(),
        has_more: false,
    };
    answer("together_sits", &page);
}

/// Queries are written in the address; their names and values are those of these files.
#[test]
fn queries() {
    let query = TogetherQuery {
        today: "2026-11-18".parse().unwrap(),
        weeks: 12,
    };
    request("together_query", &query);
    let first = TogetherSitsQuery {
        partnership_id: samples::partnership_id(),
        before_ms: None,
        before_session_id: None,
        limit: 50,
    };
    request("together_sits_query_first", &first);
    let next = TogetherSitsQuery {
        before_ms: Some(samples::ms(0)),
        before_session_id: Some(samples::session_id()),
        ..first
    };
    request("together_sits_query", &next);
}

fn proposal() -> Proposal {
    let answer = |person_id, answer| ProposalAnswer { person_id, answer };
    Proposal {
        together_id: together_id(),
        partnership_id: samples::partnership_id(),
        proposed_by: samples::person_id(),
        starts_at_ms: samples::ms(30_000),
        planned_s: planned(),
        bells: bells(Some(Seconds(300))),
        answers: vec![
            answer(samples::person_id(), JoinAnswer::Joined),
            answer(partner_id(), JoinAnswer::Declined),
        ],
    }
}

#[test]
fn what_goes_on() {
    let time = ServerTime {
        server_time_ms: samples::ms(5),
    };
    answer("server_time", &time);
    let sitting = SittingNow {
        partnership_id: samples::partnership_id(),
        person_id: partner_id(),
        started_at_ms: samples::ms(-60_000),
        ends_at_ms: Some(samples::ms(1_140_000)),
        together_id: Some(together_id()),
    };
    let paused = SittingNow {
        ends_at_ms: None,
        together_id: None,
        ..sitting
    };
    let now = Now {
        now_ms: samples::ms(0),
        sitting: vec![sitting, paused],
        proposals: vec![proposal()],
    };
    answer("now", &now);
    answer("proposal", &proposal());
    answer("live_now", &LiveEvent::Now);
}

#[test]
fn what_devices_say_of_now() {
    let presence = Presence {
        session_id: samples::session_id(),
        local_date: "2026-11-18".parse().unwrap(),
        elapsed_s: 60,
        left_s: Some(1140),
        together_id: Some(together_id()),
    };
    request("presence", &presence);
    let least = Presence {
        left_s: None,
        together_id: None,
        ..presence
    };
    request("presence_least", &least);
    let new = NewProposal {
        together_id: together_id(),
        starts_at_ms: Some(samples::ms(3_600_000)),
        planned_s: planned(),
        bells: bells(Some(Seconds(300))),
    };
    request("new_proposal", &new);
    let now = NewProposal {
        starts_at_ms: None,
        bells: bells(None),
        ..new
    };
    request("new_proposal_now", &now);
    let join = AnswerProposal {
        answer: JoinAnswer::Joined,
    };
    request("answer_proposal", &join);
}

#[test]
fn what_happened_to_an_account() {
    let text = |text: &str| Some(text.to_owned());
    let signed_in = Activity {
        happened_at_ms: samples::ms(0),
        kind: ActivityKind::SignedIn,
        device_name: text("Laptop"),
        partnership_name: None,
        person_name: None,
    };
    let joined = Activity {
        kind: ActivityKind::MemberJoined,
        device_name: None,
        partnership_name: text("Morning"),
        person_name: text("Ben"),
        ..signed_in.clone()
    };
    let activities = Activities {
        activities: vec![joined, signed_in],
    };
    answer("activities", &activities);
}

#[rstest]
#[case::activity(r#"{"happened_at_ms":5,"kind":"levitated"}"#)]
fn an_activity_of_a_newer_server_is_read_as_unknown(#[case] json: &str) {
    let read: Activity = serde_json::from_str(json).unwrap();
    assert_eq!(read.kind, ActivityKind::Unknown);
}

#[rstest]
#[case::answer(r#"{"answer":"perhaps"}"#)]
#[case::nothing("{}")]
fn an_answer_that_is_none_is_refused(#[case] json: &str) {
    assert!(serde_json::from_str::<AnswerProposal>(json).is_err());
}
