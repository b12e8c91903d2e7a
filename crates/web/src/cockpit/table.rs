// SPDX-License-Identifier: EUPL-1.2
//! Tables of many rows: a page at a time, with headed columns; on the phone each row is a card.

use crate::{
    part::icon::{Icon, icon},
    text::{Language, Value, language, t, tr, words},
};
use leptos::{ev, html, prelude::*};

/// Rows of one page.
pub const PAGE: usize = 50;

/// The column of buttons: its heading is for screen readers alone.
pub const ACTIONS: &str = "admin-actions";

/// Which rows of how many are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: usize,
    /// Behind the last one.
    pub end: usize,
    pub total: usize,
}

impl Span {
    /// The rows of a page; a page behind the end is the last one.
    pub fn of(page: usize, total: usize) -> Self {
        let last = total.saturating_sub(1) / PAGE;
        let first = page.min(last) * PAGE;
        Self { first, end: (first + PAGE).min(total), total }
    }

    /// These rows of all.
    pub fn rows<T>(self, all: impl Iterator<Item = T>) -> Vec<T> {
        all.skip(self.first).take(self.end - self.first).collect()
    }
}

/// `4.982` or `4,982`.
pub fn grouped(number: usize) -> String {
    in_groups(number, if language() == Language::German { '.' } else { ',' })
}

fn in_groups(number: usize, mark: char) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: the text decides by `count` and shows `shown`.
pub fn counted(key: &str, count: usize) -> String {
    tr(key, &[("count", count.into()), ("shown", grouped(count).into())])
}

/// A table with what it is called and its columns' names, by their text keys.
pub fn table(
    caption: &'static str,
    class: &'static str,
    columns: &'static [&'static str],
    rows: impl IntoView + 'static,
) -> AnyView {
    let head = |column: &'static str| {
        let name = html::span().class(if column == ACTIONS { "rp-sr" } else { "" }).child(words(column));
        html::th().attr("scope", "col").attr("role", "columnheader").child(name)
    };
    let heads: Vec<_> = columns.iter().copied().map(head).collect();
    // the roles are said once more because drawing rows as cards takes them away in some browsers
    html::table()
        .class(format!("rp-table {class}"))
        .attr("role", "table")
        .attr("aria-label", words(caption))
        .child((
            html::thead().attr("role", "rowgroup").child(html::tr().attr("role", "row").child(heads)),
            html::tbody().attr("role", "rowgroup").child(rows),
        ))
        .into_any()
}

/// One row.
pub fn row(cells: impl IntoView + 'static) -> AnyView {
    html::tr().attr("role", "row").child(cells).into_any()
}

/// A cell of a column, by the column's text key.
pub fn cell(column: &'static str, content: impl IntoView + 'static) -> AnyView {
    html::td()
        .attr("role", "cell")
        .class(if column == ACTIONS { "rp-table__acts" } else { "" })
        .attr("data-label", move || if column == ACTIONS { String::new() } else { t(column) })
        .child(content)
        .into_any()
}

/// What is longer than the screen; every new page begins at its top.
pub fn scroll(label: &'static str, page: RwSignal<usize>, content: impl IntoView + 'static) -> AnyView {
    let element = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<usize>| {
        let page = page.get();
        if let Some(element) = element.get_untracked().filter(|_| before.is_some_and(|before| before != page)) {
            element.set_scroll_top(0);
            // on a phone the whole room scrolls
            element.scroll_into_view();
        }
        page
    });
    html::div()
        .class("rp-scroll")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", words(label))
        .node_ref(element)
        .child(content)
        .into_any()
}

/// A filter that is on or off.
pub fn chip(
    label: impl Fn() -> String + Send + 'static,
    on: impl Fn() -> bool + Send + 'static,
    act: impl Fn() + 'static,
) -> AnyView {
    html::button()
        .attr("type", "button")
        .class("rp-chip rp-chip--tap")
        .attr("aria-pressed", move || if on() { "true" } else { "false" })
        .on(ev::click, move |_| act())
        .child(label)
        .into_any()
}

/// "51–100 von 4.982" and the ways to the neighbouring pages.
pub fn pager(page: RwSignal<usize>, span: impl Fn() -> Span + Copy + Send + 'static) -> AnyView {
    let words = move || {
        let Span { first, end, total } = span();
        if total == 0 {
            return t("admin-none");
        }
        let shown = |number: usize| Value::from(grouped(number));
        tr("admin-span", &[("first", shown(first + 1)), ("end", shown(end)), ("total", shown(total))])
    };
    let back = move || span().first > 0;
    let on = move || span().end < span().total;
    html::div()
        .class("rp-foot rp-sm rp-muted")
        .child((
            html::span().attr("role", "status").child(words),
            html::span().class("rp-grow"),
            step(Icon::Left, "admin-page-back", back, move || page.set((untrack(span).first / PAGE).saturating_sub(1))),
            step(Icon::Right, "admin-page-on", on, move || page.set(untrack(span).first / PAGE + 1)),
        ))
        .into_any()
}

/// Stays in place when there is nowhere to go, so that the focus does too.
fn step(
    what: Icon,
    label: &'static str,
    possible: impl Fn() -> bool + Copy + Send + 'static,
    act: impl Fn() + 'static,
) -> AnyView {
    html::button()
        .attr("type", "button")
        .class("rp-iconbtn")
        .attr("aria-label", words(label))
        .attr("title", words(label))
        .attr("aria-disabled", move || (!possible()).then_some("true"))
        .on(ev::click, move |_| {
            if untrack(possible) {
                act();
            }
        })
        .child(icon(what))
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_its_rows_and_never_runs_past_the_end() {
        assert_eq!(Span::of(0, 120), Span { first: 0, end: 50, total: 120 });
        assert_eq!(Span::of(2, 120), Span { first: 100, end: 120, total: 120 });
        assert_eq!(Span::of(9, 120), Span::of(2, 120));
        assert_eq!(Span::of(1, 50), Span { first: 0, end: 50, total: 50 });
        assert_eq!(Span::of(0, 0), Span { first: 0, end: 0, total: 0 });
        assert_eq!(Span::of(1, 53).rows(0..53), [50, 51, 52]);
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (number, expect) in [(0, "0"), (999, "999"), (1000, "1.000"), (4982, "4.982"), (1_234_567, "1.234.567")] {
            assert_eq!(in_groups(number, '.'), expect);
        }
    }
}
