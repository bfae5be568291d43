use mitta_domain::timer::Progress;
use mitta_domain::{OpId, PartnershipId, Plan, PlanChoice, Session, Sharing};
use mitta_store::{Edit, MemberRow, Membership, PartnershipRow, Stamped};
use rstest::rstest;

use super::*;
use crate::round::tests::folder::{Device, NOW, session};

/// A sit of one minute that began ten seconds ago, with a heartbeat of now.
fn unfinished(phase: ProgressPhase, elapsed_ms: u64, preparation_left_ms: u64) -> Unfinished {
    let mut device = Device::new(1);
    device.sit(1);
    let row: Session = device.history().remove(0);
    Unfinished {
        start: mitta_domain::SessionStart {
            started_at_ms: NOW.plus_ms(-10_000),
            ..row.start
        },
        plan: Plan {
            choice: PlanChoice::default(),
            interval_at_s: vec![],
        },
        sharing: row.sharing,
        last_seen: Some(Heartbeat {
            wall_ms: NOW,
            boot_ms: 5_000,
            boot_id: "boot".into(),
            progress: Progress {
                phase,
                preparation_left_ms,
                elapsed_ms,
                paused_ms: 0,
                asleep_ms: 0,
            },
        }),
    }
}

fn here(boot_ms: u64, boot_id: &str) -> Moment {
    Moment {
        wall_ms: NOW,
        boot_ms,
        boot_id: boot_id.into(),
    }
}

#[rstest]
#[case::sitting(ProgressPhase::Sitting, 10_000, 0, 5_000, &[Some(50)])]
#[case::a_while_after_the_heartbeat(ProgressPhase::Sitting, 10_000, 0, 12_400, &[Some(43)])]
#[case::preparing(ProgressPhase::Preparing, 0, 7_000, 5_000, &[Some(67)])]
#[case::paused(ProgressPhase::Paused, 10_000, 0, 15_000, &[None])]
#[case::at_its_end(ProgressPhase::Sitting, 60_000, 0, 5_000, &[])]
#[case::in_overtime(ProgressPhase::Sitting, 70_000, 0, 5_000, &[])]
#[case::ended(ProgressPhase::Ending, 10_000, 0, 5_000, &[])]
#[case::asked(ProgressPhase::Asking, 10_000, 0, 5_000, &[])]
fn what_is_told_of_a_sit(
    #[case] phase: ProgressPhase,
    #[case] elapsed_ms: u64,
    #[case] preparation_left_ms: u64,
    #[case] boot_ms: u64,
    #[case] left_s: &[Option<u32>],
) {
    let sit = unfinished(phase, elapsed_ms, preparation_left_ms);
    let told = presence(&sit, &here(boot_ms, "boot"));
    let shown: Vec<_> = told.iter().map(|it| it.left_s).collect();
    assert_eq!(shown, left_s);
    assert!(told.is_none_or(|it| it.elapsed_s == 10));
}

#[rstest]
#[case::just_seen(5_000, "boot", true)]
#[case::seen_a_minute_ago(65_000, "boot", true)]
#[case::not_seen_since(65_001, "boot", false)]
#[case::before_a_restart(5_000, "another", false)]
fn a_sit_that_nobody_is_at_is_not_told(
    #[case] boot_ms: u64,
    #[case] boot_id: &str,
    #[case] alive: bool,
) {
    let sit = unfinished(ProgressPhase::Sitting, 10_000, 0);
    assert_eq!(is_alive(&sit, &here(boot_ms, boot_id)), alive);
}

/// A folder with a sit that runs and a partnership that sees it, or not.
fn sitting(shows_sitting: Option<bool>) -> Device {
    let mut device = Device::new(1);
    let me = device.reader.account().unwrap().unwrap();
    let partnership_id = PartnershipId::from_uuid(uuid::Uuid::from_u128(0xaa));
    let membership = Membership {
        shares: vec![],
        partnerships: vec![PartnershipRow {
            partnership_id,
            name: "Morning".into(),
            week_start: chrono::Weekday::Mon,
            members: vec![MemberRow {
                person_id: me.person_id,
                display_name: "Kei".into(),
                weekly_goal_s: None,
                share_since: "2026-11-01".parse().unwrap(),
                is_paused: Some(false),
                shows_sitting,
                heard_at_ms: None,
            }],
        }],
    };
    let done = device.writer.apply_membership(me.server_id, &membership);
    assert!(done.unwrap());
    device.begin(1, 5_000);
    device
}

#[rstest]
#[case::not_asked(None, false)]
#[case::refused(Some(false), false)]
#[case::consented(Some(true), true)]
fn nothing_is_told_without_consent(#[case] shows_sitting: Option<bool>, #[case] is_told: bool) {
    let device = sitting(shows_sitting);
    let (_, told) = sign(&device.reader, &here(5_000, "boot")).unwrap();
    assert_eq!(told.is_some(), is_told);
}

#[test]
fn a_sit_that_is_made_private_is_told_no_more() {
    let mut device = sitting(Some(true));
    let private = Edit::Sharing(Sharing {
        shared: false,
        note_shared: false,
    });
    let at = Stamped {
        wall_ms: NOW,
        op_id: OpId::from_uuid(uuid::Uuid::from_u128(0xe9)),
    };
    device.writer.edit(session(1), &private, at).unwrap();
    let (is_unfinished, told) = sign(&device.reader, &here(5_000, "boot")).unwrap();
    assert_eq!((is_unfinished, told), (true, None));
}
