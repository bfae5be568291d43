//! Sums by which both sides compare what they hold (I8).

use std::time::Instant;

use chrono::{Datelike, Days, Weekday};
use mitta_domain::digest::Digest;
use mitta_domain::{Seconds, Session, UnixMillis, totals};
use mitta_store::{Edit, NewSession, Reader, SyncWriteError};

use crate::server::{EPOCH, LIFE, OWN, OWNER, Server, sign_in};
use crate::support::{
    Folder, T0, at, completion, date, heartbeat, new_session, note, plan, session, sit, start,
};

fn all(reader: &Reader, up_to: u128) -> Vec<Session> {
    (0..=up_to)
        .filter_map(|n| reader.session(session(n)).unwrap())
        .collect()
}

/// Sits on several days, in every state.
fn history(folder: &Folder) -> mitta_store::Writer {
    let mut writer = folder.writer();
    for n in 1..=9u32 {
        let day = date("2026-11-19") + Days::new(u64::from(n));
        let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
        let new = NewSession {
            started_at_ms: UnixMillis(noon.timestamp_millis()),
            local_date: day,
            ..new_session(n.into())
        };
        writer
            .start(&new, &plan(), &heartbeat(0), at(n * 10))
            .unwrap();
        if n != 9 {
            writer
                .complete(session(n.into()), &completion(n * 10), at(n * 10 + 1))
                .unwrap();
        }
    }
    writer
        .edit(session(1), &Edit::Words(note("calm")), at(200))
        .unwrap();
    writer
        .edit(session(2), &Edit::Credited(Seconds(7)), at(201))
        .unwrap();
    writer
        .edit(session(3), &Edit::Deleted(true), at(202))
        .unwrap();
    writer
}

#[test]
fn the_sum_of_the_own_history_is_that_of_its_rows() {
    let folder = Folder::new();
    let mut writer = history(&folder);
    let reader = folder.reader();
    let rows = all(&reader, 9);
    let summary = reader.own_summary().unwrap();
    assert_eq!(summary.digest, Digest::of_sessions(&rows));
    let days = totals::day_totals(&rows);
    let sits: u32 = days.iter().map(|day| day.sits).sum();
    let credited_s: u64 = days.iter().map(|day| day.credited_s).sum();
    assert_eq!(
        (summary.rows, summary.sits, summary.credited_s),
        (9, u64::from(sits), credited_s)
    );
    assert!(summary.pending, "the ops wait");

    sign_in(&mut writer);
    let mut server = Server::default();
    let (answers, canonical) = server.push(&reader.outbox().unwrap());
    writer
        .answer(OWNER, LIFE, &answers, &canonical, UnixMillis(T0))
        .unwrap();
    writer.offer_more(100).unwrap();
    let (answers, canonical) = server.push(&reader.outbox().unwrap());
    writer
        .answer(OWNER, LIFE, &answers, &canonical, UnixMillis(T0))
        .unwrap();
    let page = server.page(0, 100);
    writer.apply_page(&page).unwrap();
    let summary = reader.own_summary().unwrap();
    assert_eq!((summary.seq, summary.pending), (page.next_after, false));
    assert_eq!(summary.digest, Digest::of_sessions(server.rows.values()));
    writer
        .compared(OWN, EPOCH, summary.seq, UnixMillis(T0 + 7))
        .unwrap();
    let cursor = reader.cursor(OWN).unwrap();
    assert_eq!(cursor.compared_seq, Some(summary.seq));
    assert_eq!(cursor.compared_at_ms, Some(UnixMillis(T0 + 7)));
    for (epoch, seq) in [(EPOCH, summary.seq + 1), ("2-7000-1", summary.seq)] {
        let elsewhere = writer.compared(OWN, epoch, seq, UnixMillis(T0 + 8));
        assert!(
            matches!(elsewhere, Err(SyncWriteError::CursorMoved { .. })),
            "{epoch} {seq}"
        );
        assert_eq!(reader.cursor(OWN).unwrap(), cursor);
    }
}

#[test]
fn every_edit_changes_the_sum() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = sit(&mut writer, 1, 600);
    let mut seen = vec![folder.reader().own_summary().unwrap().digest];
    let hidden = mitta_domain::Sharing {
        shared: false,
        note_shared: false,
    };
    let edits = [
        Edit::Words(note("a")),
        Edit::Credited(Seconds(3)),
        Edit::Sharing(hidden),
        Edit::Deleted(true),
    ];
    for (n, edit) in (60..).zip(&edits) {
        writer.edit(id, edit, at(n)).unwrap();
        let digest = folder.reader().own_summary().unwrap().digest;
        assert!(!seen.contains(&digest), "{edit:?}");
        seen.push(digest);
    }
    start(&mut writer, 2);
    assert!(
        !seen.contains(&folder.reader().own_summary().unwrap().digest),
        "a running row counts"
    );
}

#[test]
fn weeks_begin_on_the_day_asked_for_and_add_up() {
    let folder = Folder::new();
    let _writer = history(&folder);
    let reader = folder.reader();
    let rows = all(&reader, 9);
    let whole = reader.own_summary().unwrap();
    for week_start in [Weekday::Mon, Weekday::Sun, Weekday::Thu] {
        let weeks = reader.own_weeks(week_start).unwrap();
        assert!(weeks.is_sorted_by(|a, b| a.first_date < b.first_date));
        for week in &weeks {
            assert_eq!(week.first_date.weekday(), week_start);
            let of_week: Vec<_> = rows
                .iter()
                .filter(|row| {
                    let days = row.start.local_date.signed_duration_since(week.first_date);
                    (0..7).contains(&days.num_days())
                })
                .collect();
            assert_eq!(week.rows, of_week.len() as u64);
            assert_eq!(week.digest, Digest::of_sessions(of_week));
        }
        assert_eq!(weeks.iter().map(|w| w.rows).sum::<u64>(), whole.rows);
        assert_eq!(weeks.iter().map(|w| w.sits).sum::<u64>(), whole.sits);
        assert_eq!(
            weeks.iter().map(|w| w.credited_s).sum::<u64>(),
            whole.credited_s
        );
    }
}

#[test]
#[ignore = "a measurement, in release: 100,000 sits"]
fn a_hundred_thousand_sits_are_summed_and_offered() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let columns = "device_id, source, started_at_ms, tz, utc_offset_s, local_date, planned_s, plan, \
                   state, ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s, note, \
                   mood, label, words_hlc_ms, words_device_id, words_device_seq, \
                   corrected_credited_s, credited_hlc_ms, credited_device_id, credited_device_seq, \
                   deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq, credited_s, \
                   interval_bells";
    let fill = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
         INSERT INTO sessions (session_id, {columns}) \
         SELECT printf('01900000-0000-7000-8000-%012x', i), {columns} FROM sessions, n"
    );
    folder.sqlite().execute(&fill, []).unwrap();
    let reader = folder.reader();
    let time = |what: &str, body: &mut dyn FnMut()| {
        #[expect(clippy::disallowed_methods, reason = "it measures")]
        let begun = Instant::now();
        body();
        println!("{what}: {:?}", begun.elapsed());
    };
    time("summary", &mut || {
        assert_eq!(reader.own_summary().unwrap().rows, 100_001);
    });
    time("weeks", &mut || {
        assert_eq!(reader.own_weeks(Weekday::Mon).unwrap().len(), 1);
    });
    time("new epoch", &mut || {
        assert!(writer.new_epoch(crate::server::SERVER, "2").unwrap());
    });
    time("offer of 500", &mut || {
        assert_eq!(writer.offer_more(500).unwrap(), 99_501);
    });
    time("offer of all", &mut || {
        while writer.offer_more(500).unwrap() > 0 {}
    });
    let now = UnixMillis(T0);
    time("batch", &mut || {
        drop(reader.outbox_batch(2000, 1 << 20, now).unwrap());
    });
    time("counts", &mut || {
        assert!(reader.sync_counts().unwrap().waiting > 100_000);
    });
}
