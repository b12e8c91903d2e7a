// SPDX-License-Identifier: EUPL-1.2
//! The drawn motif: the logo, and the capsule in its tube for empty and waiting screens.

use leptos::{html, prelude::*, svg};

/// The tube bend that reads as an r, with the capsule leaving it.
pub fn logo(class: &'static str) -> AnyView {
    svg::svg()
        .attr("class", class)
        .attr("viewBox", "0 0 40 40")
        .attr("aria-hidden", "true")
        .child((
            rect(("0", "0"), ("40", "40"), "11", "#2044aa"),
            svg::path()
                .attr("d", "M12.5 29V22.5a8 8 0 0 1 8-8h.5")
                .attr("fill", "none")
                .attr("stroke", "#fff")
                .attr("stroke-width", "7"),
            svg::circle().attr("cx", "12.5").attr("cy", "29").attr("r", "3.5").attr("fill", "#fff"),
            rect(("22.8", "11"), ("11.2", "7"), "3.5", "#ffd54a"),
            svg::path().attr("d", "M25.9 11v7").attr("stroke", "#2044aa").attr("stroke-width", "1.4"),
        ))
        .into_any()
}

/// The name at the top of a screen before the messenger proper.
pub fn brand() -> AnyView {
    html::div().class("rp-enrol__brand").child((logo("rp-logo"), "Rohrpost")).into_any()
}

/// Where the capsule is on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Capsule {
    /// Lying ready at the start.
    Ready,
    /// Under way.
    Travelling,
}

/// The capsule in its tube.
pub fn tube(capsule: Capsule) -> AnyView {
    const BEND: &str = "M0 108H104c62 0 50-64 112-64h104";
    let place = match capsule {
        Capsule::Ready => "translate(58 108)",
        Capsule::Travelling => "translate(160 76) rotate(-52)",
    };
    let stroke = |width: &'static str, colour: &'static str| {
        svg::path().attr("d", BEND).attr("stroke", colour).attr("stroke-width", width)
    };
    let body = svg::g().attr("transform", place).child((
        rect(("-29", "-12"), ("58", "24"), "12", "var(--rp-brass)"),
        rect(("-19", "-15"), ("6", "30"), "2.5", "var(--rp-capsule-band)"),
        rect(("13", "-15"), ("6", "30"), "2.5", "var(--rp-capsule-band)"),
    ));
    let rings = svg::g().child((
        rect(("92", "82"), ("7", "52"), "3", "var(--rp-tube-wall)"),
        rect(("221", "18"), ("7", "52"), "3", "var(--rp-tube-wall)"),
    ));
    svg::svg()
        .attr("viewBox", "0 0 320 152")
        .attr("aria-hidden", "true")
        .attr("fill", "none")
        .child((stroke("44", "var(--rp-tube-wall)"), stroke("40", "var(--rp-tube-air)"), body, rings))
        .into_any()
}

fn rect(
    (x, y): (&'static str, &'static str),
    (width, height): (&'static str, &'static str),
    radius: &'static str,
    fill: &'static str,
) -> impl IntoView {
    svg::rect()
        .attr("x", x)
        .attr("y", y)
        .attr("width", width)
        .attr("height", height)
        .attr("rx", radius)
        .attr("fill", fill)
}
