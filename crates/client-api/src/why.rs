// SPDX-License-Identifier: EUPL-1.2
//! Reasons as values: each interface says them in its reader's words; `Display` is the English of logs and scripts.

use minicbor::{Decode, Encode};
use std::fmt;

/// Declares the reasons: number on the wire, stable name (a key for translations and scripts), English sentence.
macro_rules! reasons {
    ($($number:literal $variant:ident $name:literal $english:literal;)*) => {
        /// Why something was not done, waits, or deserves a look.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(index_only)]
        pub enum Why {
            $(#[doc = $english] #[n($number)] $variant,)*
        }

        impl Why {
            /// Every reason there is, for tests of translations.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The number on the wire and in a store.
            pub fn number(self) -> u32 {
                match self { $(Self::$variant => $number,)* }
            }

            /// `None`: a reason of a newer version.
            pub fn of_number(number: u32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl fmt::Display for Why {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $english,)* })
            }
        }
    };
}

reasons! {
    0 NoAccount "no-account" "this profile has no account yet";
    1 HasAccount "has-account" "this profile already has an account";
    2 LockedOut "locked-out" "this account was locked out";
    3 NoSuchPerson "no-such-person" "no such person";
    4 NoSuchConversation "no-such-conversation" "no such conversation";
    5 NoSuchMessage "no-such-message" "no such message";
    6 NoSuchAttachment "no-such-attachment" "no such attachment";
    7 PersonLockedOut "person-locked-out" "this person was locked out";
    8 NotAMember "not-a-member" "you are not in this conversation";
    9 GroupName "group-name" "a group needs a name of at most 200 bytes";
    10 OnlyGroups "only-groups" "only groups have changing members";
    11 NotModerator "not-moderator" "only a moderator may change the members";
    12 LeaveInstead "leave-instead" "leave the group instead";
    13 OnlyGroupsLeft "only-groups-left" "only a group can be left";
    14 NotAdministrator "not-administrator" "only an administrator may do this";
    15 PeopleAtOnce "people-at-once" "between 1 and 5000 people can be invited at once";
    16 PersonName "person-name" "a name is empty, too long or has control characters";
    17 AuthorityName "authority-name" "the authority needs a name of at most 200 bytes";
    18 PassphraseShort "passphrase-short" "the passphrase needs at least 8 characters and at most 1024 bytes";
    19 ServerAddress "server-address" "the server's address must be https://host[:port]";
    20 LinkBroken "link-broken" "this is not a whole invitation link";
    21 LinkExpired "link-expired" "the invitation has expired: ask for a new one";
    22 LinkUsed "link-used" "the invitation was used already: ask for a new one";
    23 LinkWithdrawn "link-withdrawn" "the invitation was withdrawn: ask for a new one";
    24 LinkRefused "link-refused" "the invitation was refused: it was used before, has expired, was altered or withdrawn";
    25 AnswerForeign "answer-foreign" "the answer comes from another authority than the invitation";
    26 AnswerBroken "answer-broken" "the answer's certificates do not hold";
    27 RootFile "root-file" "the root file does not open: another file, or a wrong passphrase";
    28 RootForeign "root-foreign" "the root file belongs to another authority";
    29 StillReading "still-reading" "the directory is still being read: try again";
    30 FileTooLarge "file-too-large" "the file is too large";
    31 FileComplete "file-complete" "this file is already complete";
    32 FileIncomplete "file-incomplete" "the file is not complete, or already in a message";
    33 FileLength "file-length" "the file has another length than announced";
    34 ChunkTooLarge "chunk-too-large" "at most 1 MiB at once";
    35 AttachmentGone "attachment-gone" "the attachment is gone from the server: ask its sender";
    36 Empty "empty" "a message needs a text or an attachment";
    37 AlreadyExpired "already-expired" "the message would already have expired";
    38 NotForwardable "not-forwardable" "this message can't be handed on";
    39 ForwardAfterReading "forward-after-reading" "messages that go after reading are not handed on";
    40 TooLong "too-long" "the message is too long";
    41 ClockWrong "clock-wrong" "this device's clock or certificate does not allow it: check the clock";
    42 NoDeviceYet "no-device-yet" "this person has no device yet: messages wait here";
    43 Stuck "stuck" "this device lost the thread and waits to be added again: messages wait here";
    44 ServerRestored "server-restored" "the server lost entries of this conversation: messages wait here";
    45 ServerLied "server-lied" "the server shows this conversation differently than before: messages wait here";
    46 CertificateEnded "certificate-ended" "this account's certificate has ended: an administrator must renew it";
    47 IssuerEnding "issuer-ending" "the administrator's own certificate ends soon: renew it with `admin grant` and the root file";
    48 SetupCode "setup-code" "the server wants its setup code, or has an authority already";
    49 AdministratorsAtOnce "administrators-at-once" "another administrator was locked out at the same time: repeat the command";
    50 RequestRefused "request-refused" "a second or late enrolment request was refused";
    51 RequestBroken "request-broken" "an enrolment request was not taken: it does not open or is altered";
    52 MessageTooLarge "message-too-large" "a message is too large for the server and was not sent";
    53 InvitationRefused "invitation-refused" "an invitation into a group was refused: it does not hold";
    54 EntrySkipped "entry-skipped" "an entry that does not open or is not what was signed was skipped";
    55 MembersUnchanged "members-unchanged" "the members could not be changed";
    56 ChangeTooLarge "change-too-large" "the group's change is too large for the server";
    57 ChangeSkipped "change-skipped" "an invalid change of the group was skipped";
    58 DirectoryEntry "directory-entry" "the directory holds an entry that does not hold";
    59 DirectoryKey "directory-key" "the directory's new key does not open for this device";
    60 BlobLost "blob-lost" "something this device needs is no longer on the server";
    61 HeadUnknown "head-unknown" "a sender saw this conversation differently than this device";
    62 AlreadySent "already-sent" "the message may be on the server already";
    63 NoRequest "no-request" "nothing waits for this person";
    64 HasDevice "has-device" "this person has a device set up";
    65 NotThisPerson "not-this-person" "this can't be done to oneself";
    66 IssuerEnded "issuer-ended" "a new device waits: the administrator's own certificate must be renewed first";
    67 NeedsRootFile "needs-root-file" "this person is an administrator: locking them out needs the root file (--root FILE)";
    68 AuthorityRefused "authority-refused" "the server refused the authority's statement";
    69 PlaceBroken "place-broken" "the place is not on earth";
    70 TooManyFiles "too-many-files" "a message carries at most 32 attachments: send them in several";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_has_its_own_number_and_a_name_in_kebab_case() {
        let names: BTreeSet<_> = Why::ALL.iter().map(|why| why.name()).collect();
        assert_eq!(names.len(), Why::ALL.len());
        for why in Why::ALL {
            let is_kebab = why.name().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            assert!(is_kebab, "{why:?}");
            assert_eq!(Why::of_number(why.number()), Some(*why));
            assert_eq!(minicbor::to_vec(why).unwrap(), minicbor::to_vec(why.number()).unwrap(), "{why:?}");
        }
        assert_eq!(Why::of_number(u32::MAX), None);
    }
}
