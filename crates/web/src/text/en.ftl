# Rohrpost in English: the messenger.

# General
loading = Loading
close = Close
cancel = Cancel
remove = Remove
try-again = Try again
reload = Reload
back = Back
back-to-list = Back to the list
search = Search
skip = Skip to content
you = You
copied = Copied.
not-copied = The browser did not allow copying.
nothing-found = Nothing found.
nobody-found = Nobody found.
today = Today
yesterday = Yesterday
time-today = today, { $clock }
time-yesterday = yesterday, { $clock }
time-date = { $date }, { $clock }
weekday-0 = Sunday
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-short-0 = Sun
weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
left-hours = { $count } h
left-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
span-seconds = { $count } seconds
span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# Errors
error-store = This device could not save. Please try again. ({ $said })
error-storage-full = This browser's storage is full. Nothing was lost. Delete messages with large files or free some space on the device.
error-unsupported = This browser does not let Rohrpost store anything. Open the page in an ordinary window, not a private one, in an up-to-date browser.
error-broken = That did not work. Please reload the page.

# Before the list
start-welcome = Welcome
start-welcome-text = Your authority invites you with a link. Open it in this browser or paste it here.
start-link = Invitation link
start-enter = Continue
start-found = Set up a new authority
start-failed = Rohrpost can't start
start-over = Start over
accounts = Which account?
accounts-text = Several accounts are set up in this browser. Each opens in a tab of its own.
account-unnamed = Not set up yet
account-busy = in another tab
other-tab = Rohrpost is already open
other-tab-text = This account runs in another tab of this browser. Only one is active at a time, so that nothing is sent twice. Drafts are kept.
other-tab-hint = Or go to the other tab and close this one.
use-here = Use here
crashed = Rohrpost was interrupted
crashed-text = Your messages are safe on this device. Reload the page to go on.
founding = Setting up the authority
founding-text = The server is being prepared. This takes only a moment.
enrol-waiting = Waiting for approval
enrol-waiting-text = Your authority's administration approves this device. After that it goes on by itself.
enrol-offline = The server can't be reached right now. It goes on by itself as soon as it can.
enrol-step-checked = Invitation checked
enrol-step-approval = Approval by the administration
enrol-may-close = You may close this page and come back later.
enrol-server = Server: { $server }
enrol-progress = Setting up, step 2 of 3
enrol-refused = This invitation is not valid
enrol-refused-text = Ask your administration for a new invitation.
revoked = This device was locked
revoked-text = The administration ({ $authority }) has ended the access. All messages on this device were deleted.
found = New authority
found-text = You become the first person of the administration. After that you invite the employees.
found-name = Name of the authority
found-admin = Your name
found-passphrase = Password for the master file
found-passphrase-again = Repeat the password
found-passphrase-text = The master file and its password later decide who belongs to the administration. Neither can be restored.
found-code = The server's setup code
found-code-text = The server shows it at its first start. None is needed on your own machine.
found-do = Set up the authority
field-empty = Please fill this in.
field-differs = The two passwords differ.
root-file = Keep the master file
root-file-text = The sealed master file was downloaded. Put it in a safe place away from this machine. It does not stay in the browser.
root-file-again = Download again
root-file-kept = It is in a safe place

# Frame
areas = Main areas
area-list = Conversations
area-people = Directory
area-admin = Administration
area-me = Me
list-label = List
nothing-chosen = Choose a conversation
nothing-chosen-press = Or press
nothing-chosen-type = and type a name or a word.
ctrl-k = Ctrl K
update-ready = A new version is ready
update-now = Load it now
development = Development build

# List
conversations = Conversations
new-conversation = New conversation
begin-conversation = Start a conversation
filter = Filter
filter-all = All
filter-unread = Unread
filter-groups = Groups
no-post = No post yet
no-post-text = Write to a person or set up a group.
own-devices = My devices
draft = Draft:
left = left
no-message = No message yet
photo = Photo
message = Message
forwarded-message = Forwarded message
row-you = You: { $text }
row-waiting = { $count ->
    [one] 1 message is waiting
   *[other] { $count } messages are waiting
}
unread-count = { $count ->
    [1000] more than 999 unread
   *[other] { $count } unread
}
banner-offline = No network
banner-unreachable = Server not reachable
head-offline = No network. What you send goes out by itself as soon as there is one.
head-unreachable = The server can't be reached. What you send goes out by itself as soon as it answers.
banner-waiting = { $count ->
    [0] You can go on reading and writing.
    [one] 1 message is waiting and goes out by itself.
   *[other] { $count } messages are waiting and go out by themselves.
}
spoken-message = New message from { $who }: { $text }
spoken-message-here = { $who }: { $text }

# Conversation
messages = Messages
search-here = Search
details = Details
kind-own = Only for you
kind-direct = End-to-end encrypted
kind-group = { $count ->
    [one] Group · 1 person
   *[other] Group · { $count } people
}
kind-group-left = Group · left
thread-empty = Only those taking part can read what is written here.
loading-older = Loading older messages
new-messages = { $count ->
    [one] 1 new message
    [1000] More than 999 new messages
   *[other] { $count } new messages
}
to-newest = To the newest messages
message-expired = Message expired
message-gap = What was written here while you were away has expired.
message-deleted = Deleted on your device
notice-joined = { $who } has joined and reads from here on
notice-leaves = { $who } is leaving the group
notice-gone = { $who } is no longer in the group
notice-you-are-out = You are no longer in this group
notice-set-up-anew = { $who } set up the group anew
notice-not-forwarded = Not forwarded: the attachment is no longer on the server
captured = taken
captured-at = taken { $when }
forwarded-from = Originally from { $who }{ $unit }, { $when } ·
forwarded-verified = unchanged ✓
forwarded-unverified = not proven ✗
quote-gone = That message is no longer on this device.
sending = Sending …
state-waiting = being sent
state-stored = on the server
state-delivered = delivered
expires-in = expires in
expires-after-reading = expires after reading, in
waiting-offline = Not sent yet: no network
waiting-unreachable = Not sent yet: server not reachable
waiting-because = Waiting: { $why }
uploading = Uploading
downloading = Downloading
cancel-send = Don't send
message-menu = What to do with this message
reply = Reply
forward = Forward
copy-text = Copy text
delete-here = Delete for me
attachment-gone = No longer on the server. Ask the sender for it.
picture-load = Load ({ $size })
picture-broken = Can't be shown. Tap to save.
picture-open = Open picture { $name }
file-loading = { $done } of { $total }
file-waiting = Waiting for the network
file-save = Save { $name }
save = Save
previous = Previous picture
next = Next picture

# Composer
message-to = Message to { $name }
write-message = Write a message
send = Send
attach = Attachment, place, expiry
attach-file = Attach files
attachments = Attachments
take-photo = Take a photo
add-place = Add a place
photo-original = Original photos
photo-original-text = With everything the camera noted, in full size
reply-to = Reply to { $name }
reply-drop = Discard the reply
left-text = You are no longer in this conversation. You can read what was written until then.
drop-here = Drop here
drop-here-text = You see everything once more before it goes out.
file-preparing = being prepared
file-ready = ready
file-remove = Remove { $name }
expiry = Expiry
expiry-text = After this time the message disappears on all devices. Whoever reads it can copy or photograph it before.
expiry-never = Never
expiry-option-after = { $span } after reading
expiry-after = expires { $span } after reading
expiry-at = expires: { $when }
expiry-moment = At a point in time
expiry-set = Apply

# New, forward, details
search-people = Person or unit
people = People
not-set-up = not set up yet
new-choose = Choose at least one person
new-direct = Start the conversation
new-group = Set up a group with { $count }
group-name = Name of the group
search-forward = Conversation or person
forward-text = Who wrote the message and when stays provable.
forwarded = Forwarded.
members = Members
media = Media
files = Files
no-media = No pictures yet.
no-files = No files yet.
leads = Leads
member-waits = joins as soon as a device is set up
add-member = Add
add-members = { $count ->
    [0] Choose people
    [one] Add 1 person
   *[other] Add { $count } people
}
remove-member = Remove { $name } from the group
remove-member-ask = Remove from the group?
remove-member-text = { $name } will not read on from then. What was written until then stays on the devices.
remove-member-do = Remove
leave = Leave the group
leave-ask = Leave the group?
leave-text = You will not read on from then. What was written until then stays on this device.
palette = Search and jump
palette-hint = Person, conversation or word
palette-walk = choose
palette-open = open
palette-message = in { $name }, { $when }
palette-hint-in = Search in { $name }
search-messages = Search in all messages
acts-log = Log of the administration
file-ready-noted = ready, with what the camera noted
revoked-text-plain = The administration of your authority has ended the access. All messages on this device were deleted.
message-that-goes = message that expires
