// SPDX-License-Identifier: EUPL-1.2
//! Pages of a log are handed to the engine in pieces, so that a person's question never waits for a whole one.

use engine::input::RequestId;
use proto::{BranchId, Request, reply::LogPage};
use std::collections::{BTreeMap, VecDeque};

/// A piece is one transaction; in a browser this many entries are a fraction of a second.
const ENTRIES: usize = 32;

/// What is left of pages that came.
#[derive(Default)]
pub struct Pages {
    asked: BTreeMap<RequestId, BranchId>,
    rest: BTreeMap<BranchId, LogPage>,
    /// Requests that the rest of a page answers.
    due: VecDeque<(RequestId, LogPage)>,
}

impl Pages {
    /// `true`: the request need not be sent, its answer is here already.
    pub fn answers(&mut self, id: RequestId, request: &Request) -> bool {
        match request {
            Request::LogOpen { branch, .. } => {
                self.rest.remove(branch);
                self.asked.insert(id, *branch);
            }
            Request::LogRead { branch, after } => {
                let follows =
                    |page: &LogPage| page.entries.first().is_some_and(|next| next.n == after.saturating_add(1));
                if let Some(page) = self.rest.remove(branch).filter(follows) {
                    let piece = self.cut(*branch, page);
                    self.due.push_back((id, piece));
                    return true;
                }
                self.asked.insert(id, *branch);
            }
            Request::LogClose { branch } => drop(self.rest.remove(branch)),
            _ => {}
        }
        false
    }

    /// What the engine is given of a page now.
    pub fn take(&mut self, id: RequestId, page: LogPage) -> LogPage {
        match self.asked.remove(&id) {
            Some(branch) => self.cut(branch, page),
            None => page,
        }
    }

    /// The answer was none.
    pub fn refused(&mut self, id: RequestId) {
        self.asked.remove(&id);
    }

    pub fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    pub fn next(&mut self) -> Option<(RequestId, LogPage)> {
        self.due.pop_front()
    }

    /// With the connection the engine forgets what it asked for.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Both parts say the same of the branch as a whole, so the engine asks for what comes after the first.
    fn cut(&mut self, branch: BranchId, mut page: LogPage) -> LogPage {
        let entries = page.entries.split_off(ENTRIES.min(page.entries.len()));
        if !entries.is_empty() {
            let (count, head, closed) = (page.count, page.head, page.closed);
            self.rest.insert(branch, LogPage { entries, count, head, closed });
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{ContentHash, EntryKind, Hour, reply::LogEntry};

    const BRANCH: BranchId = BranchId([7; 32]);

    fn entry(n: u32) -> LogEntry {
        let env_hash = ContentHash([0; 32]);
        LogEntry { n, kind: EntryKind::Entry, env_hash, env: None, hour: Hour(0), next: None }
    }
    fn page(numbers: std::ops::RangeInclusive<u32>) -> LogPage {
        LogPage { entries: numbers.map(entry).collect(), count: 300, head: ContentHash([1; 32]), closed: 0 }
    }
    fn read(after: u32) -> Request {
        Request::LogRead { branch: BRANCH, after }
    }
    fn numbers(page: &LogPage) -> (u32, u32) {
        (page.entries.first().unwrap().n, page.entries.last().unwrap().n)
    }

    #[test]
    fn page_is_taken_in_pieces_without_asking_the_server_again() {
        let mut pages = Pages::default();
        assert!(!pages.answers(1, &read(0)), "the first is the server's to answer");
        let first = pages.take(1, page(1..=70));
        assert_eq!((numbers(&first), first.count), ((1, 32), 300));
        for (id, after, expected) in [(2, 32, (33, 64)), (3, 64, (65, 70))] {
            assert!(pages.answers(id, &read(after)));
            let (due, piece) = pages.next().unwrap();
            assert_eq!((due, numbers(&piece)), (id, expected));
        }
        assert!(!pages.answers(4, &read(70)), "what follows the page is asked for");
        assert!(!pages.is_due());
    }

    #[test]
    fn rest_that_does_not_follow_or_is_of_an_earlier_connection_is_dropped() {
        let mut pages = Pages::default();
        pages.answers(1, &read(0));
        pages.take(1, page(1..=70));
        assert!(!pages.answers(2, &read(40)), "entries came another way meanwhile");
        assert!(!pages.answers(3, &read(32)), "the rest is gone with it");
        pages.take(3, page(33..=70));
        pages.forget();
        assert!(!pages.answers(4, &read(64)));
        pages.take(4, page(65..=200));
        pages.answers(5, &Request::LogClose { branch: BRANCH });
        assert!(!pages.answers(6, &read(96)), "a closed branch has no rest");
    }

    #[test]
    fn short_page_stays_whole_on_both_sides_of_the_border() {
        let mut pages = Pages::default();
        for (id, last) in [(1, 31), (2, 32), (3, 33)] {
            pages.answers(id, &read(0));
            let taken = pages.take(id, page(1..=last));
            assert_eq!(numbers(&taken).1, last.min(32));
            assert_eq!(pages.answers(id + 10, &read(32)), last > 32);
        }
        let unasked = pages.take(99, page(1..=70));
        assert_eq!(numbers(&unasked), (1, 70), "an answer nobody here knows is not touched");
    }
}
