// SPDX-License-Identifier: EUPL-1.2
//! Points in time as people of the two languages write them, in the device's own zone.

use crate::text::{Language, language, t, tr};
use client_api::Timestamp;
use js_sys::Date;
use wasm_bindgen::JsValue;

/// A point in time taken apart in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Local {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    weekday: u32,
}

fn local(at: Timestamp) -> Local {
    let date = Date::new(&JsValue::from_f64(at.0 as f64));
    Local {
        year: date.get_full_year(),
        month: date.get_month() + 1,
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
        weekday: date.get_day(),
    }
}

/// The device's clock.
pub fn now() -> Timestamp {
    Timestamp(Date::now().max(0.0) as u64)
}

/// Whole days between the two days, by local midnight; negative if `at` lies ahead.
fn days_ago(at: Timestamp, now: Timestamp) -> i64 {
    let midnight = |at: Timestamp| {
        let at = local(at);
        let start = Date::new_with_year_month_day(
            at.year,
            i32::try_from(at.month).unwrap_or(1) - 1,
            i32::try_from(at.day).unwrap_or(1),
        );
        start.get_time()
    };
    ((midnight(now) - midnight(at)) / 86_400_000.0).round() as i64
}

/// `14:06`.
pub fn clock(at: Timestamp) -> String {
    let at = local(at);
    format!("{:02}:{:02}", at.hour, at.minute)
}

/// `23.11.2026` or `23 Nov 2026`.
pub fn date(at: Timestamp) -> String {
    let local = local(at);
    match language() {
        Language::German => format!("{:02}.{:02}.{}", local.day, local.month, local.year),
        Language::English => format!("{} {} {}", local.day, t(&format!("month-{}", local.month)), local.year),
    }
}

/// What a list shows: the time today, "Gestern", a weekday, else the date.
pub fn in_list(at: Timestamp) -> String {
    match days_ago(at, now()) {
        0 => clock(at),
        1 => t("yesterday"),
        2..=6 => t(&format!("weekday-short-{}", local(at).weekday)),
        _ => date(at),
    }
}

/// The day as a heading between messages.
pub fn day(at: Timestamp) -> String {
    match days_ago(at, now()) {
        0 => t("today"),
        1 => t("yesterday"),
        2..=6 => t(&format!("weekday-{}", local(at).weekday)),
        _ => date(at),
    }
}

/// In a sentence: "heute, 14:06 Uhr".
pub fn in_sentence(at: Timestamp) -> String {
    let key = match days_ago(at, now()) {
        0 => "time-today",
        1 => "time-yesterday",
        _ => "time-date",
    };
    tr(key, &[("clock", clock(at).into()), ("date", date(at).into())])
}

/// Whether both fall on one local day.
pub fn same_day(a: Timestamp, b: Timestamp) -> bool {
    let (a, b) = (local(a), local(b));
    (a.year, a.month, a.day) == (b.year, b.month, b.day)
}

/// What is left, as a clock shows it: `4:32`, `2 Std.`, `3 Tage`.
pub fn left(until: Timestamp) -> String {
    let secs = until.since(now()).div_ceil(1000);
    match secs {
        0..3600 => format!("{}:{:02}", secs / 60, secs % 60),
        3600..86_400 => tr("left-hours", &[("count", number(secs.div_ceil(3600)).into())]),
        _ => tr("left-days", &[("count", number(secs.div_ceil(86_400)).into())]),
    }
}

/// A length of time in words: `5 Minuten`.
pub fn span(secs: u32) -> String {
    match secs {
        0..60 => tr("span-seconds", &[("count", secs.into())]),
        60..3600 => tr("span-minutes", &[("count", (secs / 60).into())]),
        3600..86_400 => tr("span-hours", &[("count", (secs / 3600).into())]),
        _ => tr("span-days", &[("count", (secs / 86_400).into())]),
    }
}

fn number(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
