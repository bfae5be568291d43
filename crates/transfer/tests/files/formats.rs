//! Every format of other apps, with the rows that are refused among those that are taken.

use mitta_domain::Source;
use mitta_transfer::{Dates, IMPORT_DEVICE, Kind, Reading, Remark, TimesAre};

use crate::support::{berlin, read_with, rows, sits, surveyed, told};

#[test]
fn insight_timer_newer() {
    let file = "Started At,Duration,Preset,Activity\n\
        04/20/2026 08:21:14,0:45:0,,Meditation\n\
        10/15/2024 6:30:00 AM,1:0:5,Morning,Meditation\n\
        10/14/2024 6:30:00 PM,0:20:0,Long one,Yoga\n\
        10/13/2024 6:30:00 PM,0:0:0,,Meditation\n\
        10/12/2024 6:30:00 PM,25:0:0,,Meditation\n\
        ,0:20:0,,Meditation\n\
        soon,0:20:0,,Meditation\n\
        10/11/2024 6:30:00 PM\n";
    let survey = surveyed(file.as_bytes()).unwrap();
    assert_eq!(survey.kind, Kind::InsightTimer);
    assert!(survey.needs_zone);
    assert_eq!(survey.dates, Dates::MonthFirst);
    assert_eq!(
        told(&rows(file)),
        [
            "2: 2026-04-20 06:21:14 2700 s",
            "3: 2024-10-15 04:30:00 3605 s Morning",
            "4: 2024-10-14 16:30:00 1200 s Long one · Yoga",
            "5: zero",
            "6: longer_than_a_day",
            "7: missing (startedat)",
            "8: not_a_time (soon)",
            "9: missing (duration)",
        ]
    );
}

#[test]
fn insight_timer_older_is_in_utc_whatever_is_said() {
    let file = "StartedAt (UTC),Duration,Preset,Activity\n\
        04/20/2019 08:21:14,0:45:0,Calm,Meditation\n\
        2018-04-21 23:30:00,0:5:0,,\n";
    let survey = surveyed(file.as_bytes()).unwrap();
    assert_eq!(
        (survey.kind, survey.times),
        (Kind::InsightTimerUtc, Some(TimesAre::Utc))
    );
    let rows = rows(file);
    assert_eq!(
        told(&rows),
        [
            "2: 2019-04-20 08:21:14 2700 s Calm",
            "3: 2018-04-21 23:30:00 300 s"
        ]
    );
    let late = sits(&rows)[1].whole.session().start.clone();
    // 01:30 in Berlin, and the day begins at four.
    assert_eq!(late.local_date.to_string(), "2018-04-21");
    assert_eq!(
        (late.tz.as_str(), late.utc_offset_s),
        ("Europe/Berlin", 7200)
    );
}

#[test]
fn insight_timer_oldest_has_two_leading_lines() {
    let file = "Insight Timer\nTime (UTC),Minutes\n\
        2015-04-20 08:21:14,45\n\
        04/21/2015 08:21:14,20.5\n\
        2015-04-22 08:21:14,none\n";
    assert_eq!(
        surveyed(file.as_bytes()).unwrap().kind,
        Kind::InsightTimerMinutes
    );
    assert_eq!(
        told(&rows(file)),
        [
            "3: 2015-04-20 08:21:14 2700 s",
            "4: 2015-04-21 08:21:14 1230 s",
            "5: not_a_length (none)",
        ]
    );
}

#[test]
fn meditation_assistant_asks_what_its_times_are() {
    let file = "ID,Length,Started,Completed,Message\n\
        1,00:20,2016-01-10 07:30,2016-01-10 07:50,\"calm, at last\nand on\"\n\
        2,01:05,2016-01-11 07:30,2016-01-11 08:35,\n";
    assert_eq!(surveyed(file.as_bytes()).unwrap().times, None);
    assert_eq!(
        told(&rows(file)),
        [
            "2: 2016-01-10 06:30:00 1200 s calm, at last\nand on",
            "4: 2016-01-11 06:30:00 3900 s",
        ]
    );
    let utc = Reading {
        times: TimesAre::Utc,
        ..berlin()
    };
    let read = read_with(file.as_bytes(), utc, Vec::new());
    assert_eq!(told(&read)[1], "4: 2016-01-11 07:30:00 3900 s");
}

#[test]
fn meditate_for_gnome() {
    let file = "start_time_unix,duration_secs,mode,label,note\n\
        1760000000,1200,timer,Zazen,\"said \"\"well\"\"\"\n\
        1760100000,-5,timer,,\n\
        -5,60,timer,,\n\
        99999999999999999999,60,timer,,\n\
        9223372036854775807,60,timer,,\n";
    assert_eq!(
        told(&rows(file)),
        [
            "2: 2025-10-09 08:53:20 1200 s Zazen | said \"well\"",
            "3: negative",
            "4: out_of_calendar",
            "5: not_a_time (99999999999999999999)",
            "6: out_of_calendar",
        ]
    );
}

const APPLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record)*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
]>
<HealthData locale="en_JP">
 <ExportDate value="2025-02-01 08:00:00 +0900"/>
 <Record type="HKQuantityTypeIdentifierStepCount" sourceName="iPhone" startDate="2025-01-31 08:00:00 +0900" endDate="2025-01-31 08:10:00 +0900" value="120"/>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Insight &amp; Co" sourceVersion="1" creationDate="2025-01-31 09:00:00 +0900" startDate="2025-01-31 08:38:20 +0900" endDate="2025-01-31 08:58:20 +0900">
  <MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/>
 </Record>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-01-31 08:39:00 +0900" endDate="2025-01-31 08:58:20 +0900"/>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-01-31 20:00:00 +0545" endDate="2025-01-31 20:00:00 +0545"/>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-01-31 21:00:00 +0545" endDate="2025-01-31 21:30:00 +0545"/>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-01-31 22:00:00"/>
</HealthData>
"#;

#[test]
fn apple_health_says_its_zone_and_two_apps_count_once() {
    let survey = surveyed(APPLE.as_bytes()).unwrap();
    assert_eq!(survey.kind, Kind::AppleHealth);
    assert!(!survey.needs_zone && !survey.breaks_off);
    let rows = rows(APPLE);
    assert_eq!(
        told(&rows),
        [
            "9: 2025-01-30 23:38:20 1200 s Insight & Co",
            "12: overlaps_in_file line 9",
            "13: zero",
            "14: 2025-01-31 15:15:00 1800 s Watch",
            "15: not_a_time (2025-01-31 22:00:00)",
        ]
    );
    let starts: Vec<_> = sits(&rows)
        .iter()
        .map(|s| s.whole.session().start.clone())
        .collect();
    let zones: Vec<_> = starts
        .iter()
        .map(|s| (s.tz.as_str(), s.utc_offset_s))
        .collect();
    assert_eq!(zones, [("Etc/GMT-9", 32_400), ("Asia/Kathmandu", 20_700)]);
    assert_eq!(starts[0].local_date.to_string(), "2025-01-31");
}

#[test]
fn an_apple_file_that_breaks_off_gives_what_came_before() {
    let cut = &APPLE[..APPLE.find("sourceName=\"Watch\"").unwrap()];
    let survey = surveyed(cut.as_bytes()).unwrap();
    assert!(survey.breaks_off);
    assert_eq!(survey.rows, 1);
    let between_tags = &APPLE[..APPLE.find("<Record type=\"HKCat").unwrap()];
    assert!(surveyed(between_tags.as_bytes()).unwrap().breaks_off);
}

/// I3: the same row is the same session on every device, whatever file it stands in.
#[test]
fn a_session_is_made_of_its_content() {
    let utc = "StartedAt (UTC),Duration,Preset,Activity\n2024-05-01 06:00:00,0:20:0,Calm,\n";
    let local = "Started At,Duration,Preset,Activity\n05/01/2024 08:00:00,0:20:0,Calm,\n";
    let (utc, local) = (rows(utc), rows(local));
    let (a, b) = (&sits(&utc)[0].whole, &sits(&local)[0].whole);
    assert_eq!(a, b);
    assert_eq!(a.session().start.source, Source::Import);
    assert_eq!(a.session().start.device_id, IMPORT_DEVICE);
    assert_eq!(a.ops().len(), 2);
    let elsewhere = Reading {
        zone: chrono_tz::Asia::Tokyo,
        ..berlin()
    };
    let other = "StartedAt (UTC),Duration,Preset,Activity\n2024-05-01 06:00:00,0:20:0,Calm,\n";
    let other = read_with(other.as_bytes(), elsewhere, Vec::new());
    let other = &sits(&other)[0].whole;
    assert_ne!(
        a.session().start.session_id,
        other.session().start.session_id
    );
}

#[test]
fn what_is_worth_saying_is_said() {
    let long = "x".repeat(81);
    let file = format!(
        "Started At,Duration,Preset,Activity\n\
         10/25/2026 2:30:00,0:20:0,,\n\
         03/29/2026 2:30:00,0:20:0,,\n\
         10/20/2026 2:30:00,12:0:0,,\n\
         10/19/2026 2:30:00,0:20:0,{long},\n"
    );
    let rows = rows(&file);
    let remarks: Vec<_> = sits(&rows).iter().map(|s| s.remark).collect();
    assert_eq!(
        remarks,
        [
            Some(Remark::FirstOfTwo),
            Some(Remark::VeryLong),
            Some(Remark::LabelInNote)
        ]
    );
    assert_eq!(told(&rows)[1], "3: never_existed");
    let last = sits(&rows)[2].whole.session().words.clone();
    assert_eq!((last.label, last.note), (None, Some(long)));
}

#[test]
fn a_row_by_hand_in_mittas_csv_needs_a_start_and_a_length() {
    let file = "started_at;credited_s;label;note;tz\n\
        2024-05-01 08:00;1200;Zazen;  kept  ;Europe/Berlin\n\
        2024-05-01T12:00:00+02:00;600;;;\n\
        2024-05-02 08:00;600;;;Europe/Nowhere\n";
    let survey = surveyed(file.as_bytes()).unwrap();
    assert_eq!(survey.kind, Kind::MittaCsv);
    assert!(!survey.needs_zone);
    assert_eq!(
        told(&rows(file)),
        [
            "2: 2024-05-01 06:00:00 1200 s Zazen |   kept",
            "3: 2024-05-01 10:00:00 600 s",
            "4: not_understood (tz: Europe/Nowhere)",
        ]
    );
}

/// I3: the id is made of what the file says alone, so that both are the same sits once they are synced.
#[test]
fn an_apple_file_gives_the_same_sits_on_computers_of_two_zones() {
    let ids = |zone: chrono_tz::Tz| -> Vec<_> {
        let reading = Reading { zone, ..berlin() };
        let rows = read_with(APPLE.as_bytes(), reading, Vec::new());
        let sits = sits(&rows);
        sits.iter()
            .map(|sit| sit.whole.session().start.session_id)
            .collect()
    };
    let in_tokyo = ids(chrono_tz::Asia::Tokyo);
    assert_eq!(in_tokyo.len(), 2);
    assert_eq!(in_tokyo, ids(chrono_tz::UTC));
}
