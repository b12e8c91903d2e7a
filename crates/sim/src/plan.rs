// SPDX-License-Identifier: EUPL-1.2
//! A plan is data: who does what, what goes wrong beside it, how long the world then runs. It prints and reads as text.

use crate::world::{Fault, Faults, Suite};
use std::{fmt, str::FromStr};

/// Everything that is needed to live the same days again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    pub suite: Suite,
    /// People at the beginning; the first is the administrator.
    pub cast: usize,
    /// What goes wrong at random all the time.
    pub noise: Faults,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Stays when other steps are dropped: groups and messages are named after it.
    pub id: u32,
    pub who: usize,
    pub act: Act,
    pub fault: Option<Fault>,
    pub pause: Pause,
}

/// How far the world runs before the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    Parcels(u32),
    Millis(u64),
}

/// A conversation, named without knowing its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conversation {
    /// By the step that made it.
    Group(u32),
    /// By its two people, the lower first.
    Direct(usize, usize),
}

impl Conversation {
    pub fn direct(one: usize, other: usize) -> Self {
        Self::Direct(one.min(other), one.max(other))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Say(Conversation),
    /// With an attachment of so many bytes.
    Photo(Conversation, u32),
    /// The message of that step, if it is there.
    Forward(u32, Conversation),
    /// Goes so many seconds after reading.
    Vanish(Conversation, u32),
    /// Goes for everybody after so many seconds.
    Until(Conversation, u32),
    /// Looks at everything new.
    Display,
    /// Fetches every attachment that is not here.
    Fetch,
    Group(Vec<usize>),
    /// Opens a conversation and writes.
    Open(usize),
    /// Both open and write before either hears of it.
    OpenBoth(usize),
    Add(Conversation, usize),
    Remove(Conversation, usize),
    Leave(Conversation),
    Revoke(usize),
    /// Invites somebody new, who enrols.
    Invite(usize),
    Offline,
    Online,
    Restart,
    /// So many seconds.
    Wait(u32),
}

impl Act {
    /// Names of all acts, in the order of the matrix.
    pub const NAMES: [&'static str; 19] = [
        "say",
        "photo",
        "forward",
        "vanish",
        "until",
        "display",
        "fetch",
        "group",
        "open",
        "open-both",
        "add",
        "remove",
        "leave",
        "revoke",
        "invite",
        "offline",
        "online",
        "restart",
        "wait",
    ];

    pub fn name(&self) -> &'static str {
        Self::NAMES[match self {
            Self::Say(_) => 0,
            Self::Photo(..) => 1,
            Self::Forward(..) => 2,
            Self::Vanish(..) => 3,
            Self::Until(..) => 4,
            Self::Display => 5,
            Self::Fetch => 6,
            Self::Group(_) => 7,
            Self::Open(_) => 8,
            Self::OpenBoth(_) => 9,
            Self::Add(..) => 10,
            Self::Remove(..) => 11,
            Self::Leave(_) => 12,
            Self::Revoke(_) => 13,
            Self::Invite(_) => 14,
            Self::Offline => 15,
            Self::Online => 16,
            Self::Restart => 17,
            Self::Wait(_) => 18,
        }]
    }
}

impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "g{id}"),
            Self::Direct(one, other) => write!(f, "d{one}-{other}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.id, self.who, self.act.name())?;
        match &self.act {
            Act::Say(chat) | Act::Leave(chat) => write!(f, " {chat}")?,
            Act::Photo(chat, number) | Act::Vanish(chat, number) | Act::Until(chat, number) => {
                write!(f, " {chat} {number}")?
            }
            Act::Forward(message, chat) => write!(f, " {message} {chat}")?,
            Act::Group(members) => members.iter().try_for_each(|member| write!(f, " {member}"))?,
            Act::Open(who) | Act::OpenBoth(who) | Act::Revoke(who) | Act::Invite(who) => write!(f, " {who}")?,
            Act::Add(chat, who) | Act::Remove(chat, who) => write!(f, " {chat} {who}")?,
            Act::Wait(secs) => write!(f, " {secs}")?,
            Act::Display | Act::Fetch | Act::Offline | Act::Online | Act::Restart => {}
        }
        if let Some(fault) = self.fault {
            write!(f, " !{}", fault.name())?;
        }
        match self.pause {
            Pause::Parcels(count) => write!(f, " +{count}p"),
            Pause::Millis(millis) => write!(f, " +{millis}"),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suite = if self.suite == Suite::StandIn { "stand-in" } else { "hybrid" };
        let Faults { broken, delayed, crashed } = self.noise;
        writeln!(f, "plan {} {suite} {} {broken} {delayed} {crashed}", self.seed, self.cast)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

/// The text is no plan: the line that isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan(pub String);

impl FromStr for Plan {
    type Err = NoPlan;

    /// Empty lines and lines that begin with `#` are skipped.
    fn from_str(text: &str) -> Result<Self, NoPlan> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let head = lines.next().unwrap_or_default();
        let mut plan = parse_head(head).ok_or_else(|| NoPlan(head.into()))?;
        for line in lines {
            plan.steps.push(parse_step(line).ok_or_else(|| NoPlan(line.into()))?);
        }
        Ok(plan)
    }
}

fn parse_head(line: &str) -> Option<Plan> {
    let mut words = line.split_whitespace();
    if words.next()? != "plan" {
        return None;
    }
    let seed = words.next()?.parse().ok()?;
    let suite = match words.next()? {
        "stand-in" => Suite::StandIn,
        "hybrid" => Suite::Hybrid768,
        _ => return None,
    };
    let cast = words.next()?.parse().ok()?;
    let mut number = || words.next()?.parse().ok();
    let noise = Faults { broken: number()?, delayed: number()?, crashed: number()? };
    Some(Plan { seed, suite, cast, noise, steps: Vec::new() })
}

fn parse_chat(word: &str) -> Option<Conversation> {
    if let Some(id) = word.strip_prefix('g') {
        return id.parse().ok().map(Conversation::Group);
    }
    let (one, other) = word.strip_prefix('d')?.split_once('-')?;
    Some(Conversation::Direct(one.parse().ok()?, other.parse().ok()?))
}

fn parse_step(line: &str) -> Option<Step> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let pause = words.pop()?.strip_prefix('+')?;
    let pause = match pause.strip_suffix('p') {
        Some(count) => Pause::Parcels(count.parse().ok()?),
        None => Pause::Millis(pause.parse().ok()?),
    };
    let fault = match words.last()?.strip_prefix('!') {
        Some(name) => {
            words.pop();
            Some(Fault::parse(name)?)
        }
        None => None,
    };
    let mut words = words.into_iter();
    let (id, who) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let act = parse_act(&mut words)?;
    words.next().is_none().then_some(Step { id, who, act, fault, pause })
}

fn parse_act<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Act> {
    let name = words.next()?;
    if name == "group" {
        return words.map(|word| word.parse().ok()).collect::<Option<_>>().map(Act::Group);
    }
    let mut word = || words.next();
    let who = |word: Option<&str>| word?.parse::<usize>().ok();
    let number = |word: Option<&str>| word?.parse::<u32>().ok();
    let chat = |word: Option<&str>| parse_chat(word?);
    Some(match name {
        "say" => Act::Say(chat(word())?),
        "photo" => Act::Photo(chat(word())?, number(word())?),
        "forward" => Act::Forward(number(word())?, chat(word())?),
        "vanish" => Act::Vanish(chat(word())?, number(word())?),
        "until" => Act::Until(chat(word())?, number(word())?),
        "display" => Act::Display,
        "fetch" => Act::Fetch,
        "open" => Act::Open(who(word())?),
        "open-both" => Act::OpenBoth(who(word())?),
        "add" => Act::Add(chat(word())?, who(word())?),
        "remove" => Act::Remove(chat(word())?, who(word())?),
        "leave" => Act::Leave(chat(word())?),
        "revoke" => Act::Revoke(who(word())?),
        "invite" => Act::Invite(who(word())?),
        "offline" => Act::Offline,
        "online" => Act::Online,
        "restart" => Act::Restart,
        "wait" => Act::Wait(number(word())?),
        _ => return None,
    })
}
