// SPDX-License-Identifier: EUPL-1.2
//! What the library keeps to itself: the open data of a message, and the form of a commit's update path.

use mls_rs::{
    group::LeafNode,
    mls_rs_codec::{MlsDecode, VarInt},
};
use std::collections::BTreeSet;

/// What a decrypted content showed of a path. The library takes a path that is too short and then reads past its end,
/// so we count before it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PathSeen {
    /// Not the content of a commit.
    #[default]
    Unknown,
    Absent,
    Nodes(usize),
}

/// Reads the beginning of a commit (RFC 9420 §12.4): proposals, then an optional path of leaf and nodes.
pub(super) fn look(content: &[u8]) -> PathSeen {
    read(content).unwrap_or_default()
}

fn read(mut rest: &[u8]) -> Option<PathSeen> {
    take(&mut rest)?;
    match u8::mls_decode(&mut rest).ok()? {
        0 => Some(PathSeen::Absent),
        1 => {
            LeafNode::mls_decode(&mut rest).ok()?;
            let mut nodes = take(&mut rest)?;
            let mut count = 0;
            while !nodes.is_empty() {
                take(&mut nodes)?; // public key
                take(&mut nodes)?; // ciphertexts
                count += 1;
            }
            Some(PathSeen::Nodes(count))
        }
        _ => None,
    }
}

/// The authenticated data of a private message (RFC 9420 §6.3), which stands open in front: its hour is needed before
/// anything is decrypted, and decryption proves it.
pub(super) fn authenticated_data(mut rest: &[u8]) -> Option<&[u8]> {
    rest = rest.get(4..)?; // version and wire format
    take(&mut rest)?; // group id
    rest = rest.get(9..)?; // epoch and content type
    take(&mut rest)
}

/// One vector with its length in front.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(u32::from(VarInt::mls_decode(rest).ok()?)).ok()?;
    let (vector, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(vector)
}

/// Nodes on the filtered direct path of `committer` (RFC 9420 §4.1.2) after `removed` leaves have gone and `added` ones
/// have taken the leftmost free places: those whose other child has any leaf below.
pub(super) fn wanted(occupied: &BTreeSet<u32>, removed: &BTreeSet<u32>, added: usize, committer: u32) -> usize {
    let mut leaves: BTreeSet<u32> = occupied.difference(removed).copied().collect();
    let mut free = 0;
    for _ in 0..added {
        while leaves.contains(&free) {
            free += 1;
        }
        leaves.insert(free);
    }
    let last = leaves.last().copied().unwrap_or(0);
    (0..31)
        .take_while(|level| last >> level != 0)
        .filter(|level| {
            let first = ((committer >> level) ^ 1) << level;
            leaves.range(first..=first + ((1 << level) - 1)).next().is_some()
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::wanted;
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn set(leaves: impl IntoIterator<Item = u32>) -> BTreeSet<u32> {
        leaves.into_iter().collect()
    }

    #[test]
    fn filtered_paths_of_small_trees() {
        let none = set([]);
        assert_eq!(wanted(&set([0]), &none, 0, 0), 0);
        assert_eq!(wanted(&set([0]), &none, 1, 0), 1);
        assert_eq!(wanted(&set(0..5), &none, 0, 0), 3);
        assert_eq!(wanted(&set(0..5), &none, 0, 4), 1, "nobody beside leaf 4 but in the other half");
        assert_eq!(wanted(&set(0..5), &set([4]), 0, 0), 2, "the tree shrinks");
        assert_eq!(wanted(&set(0..5), &set([1]), 1, 0), 3, "the free place is taken");
        assert_eq!(wanted(&set(0..5), &set([1]), 0, 0), 2);
        assert_eq!(wanted(&set(0..200), &none, 0, 7), 8);
    }
}
