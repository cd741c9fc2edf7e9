# Texts of the hub.

## Command-line help
cli-hub = The federation hub: it connects the nodes of territories and never reads people’s data
cli-hub--data = Directory of the hub’s data
cli-hub--lang = Language of messages
cli-hub--json = Answer in JSON, for a program
cli-hub-init = Creates a hub: certificate authority and signing key
cli-hub-init--federation = Name of the federation: lower-case letters, digits and hyphens
cli-hub-init--url = Address that nodes call; port 0 means the one bound at start
cli-hub-init--address = Another name or address of the hub; may be repeated
cli-hub-serve = Puts the hub into service
cli-hub-serve--listen = Address and port open to nodes
cli-hub-serve--api_listen = Address and port of the local interface, on this machine only
cli-hub-serve--log = What to log, such as info
cli-hub-serve--log_format = Form of the log
cli-hub-serve--clock_file = File that tells the time, for demonstrations
cli-hub-invite = Invites a territory: an enrolment string that works once
cli-hub-invite--territory = SIREN of the invited territory
cli-hub-invite--valid_hours = Hours it is valid, 72 unless told, at most 720
cli-hub-nodes = The nodes of the federation
cli-hub-nodes-list = Shows the nodes
cli-hub-nodes-revoke = Revokes a node, at once
cli-hub-nodes-revoke--id = Identifier of the node
cli-hub-threads = The handovers
cli-hub-threads-list = Shows handovers, the newest first
cli-hub-threads-list--limit = Number of lines, 100 unless told, at most 500
cli-hub-totals = Shows national totals by participation model
cli-hub-totals--from = First month
cli-hub-totals--to = Last month
cli-hub-reports = The statistical reports received
cli-hub-reports-list = Shows the reports received
cli-hub-reports-list--node = Only those of this node
cli-hub-statistics = What the reports received say
cli-hub-statistics-compare = Compares the participation models
cli-hub-statistics-compare--indicator = Indicator: fulfilment-rate (when not given) or trips-per-1000
cli-hub-statistics-compare--from = First month
cli-hub-statistics-compare--to = Last month
cli-hub-statistics-compare--against = Model to compare all others with; every pair when not given
cli-hub-statistics-recompute = Computes all indicators anew from the reports received
cli-hub-status = Shows how the hub is

## Answers
init-done = The hub of the federation “{ $federation }” is created.
init-next = Put it into service with: maillage-hub serve
serve-ready = The hub of the federation “{ $federation }” is in service.
invite-done = Invitation of { $territory }, valid once, until { $expires }:
invite-next = Hand this line on by a safe way. It is used with: maillage-node join
revoke-done = The node of { $territory } is revoked from the federation.
totals-publishable = yes
totals-note = The noise that nodes add accounts by itself for a difference of ± the value shown (two standard deviations).
indicator-fulfilment-rate = part of the trips asked for that were fulfilled
indicator-trips-per-1000 = trips fulfilled per 1,000 inhabitants
compare-heading = Models compared: { $indicator }
compare-rests-on = Computed from { $reports } reports received, with fingerprint { $fingerprint }.
compare-left-out = Reports left out as their territory is not known any more: { $number }.
withheld-too-few-territories = no: fewer than 3 territories
withheld-one-territory-dominates = no: one territory weighs more than 85%

## Names of fields and columns
field-federation = Federation
field-url = Address for nodes
field-directory = Directory
field-fingerprint = Authority fingerprint
field-listen = Listens on
field-api = Local interface
field-enrolment = Enrolment string
field-nodes = Nodes
field-attached = Attached
field-directory-version = Directory version
field-epoch = Epoch
field-clock = Clock
field-version = Version
column-node = Node
column-territory = Territory
column-name = Name
column-state = State
column-last-seen = Last seen
column-certificate-until = Certified until
column-waiting = Mail waiting
column-handover = Handover
column-origin = Origin
column-round = Round
column-holder = Awarded or holder
column-bids = Bids
column-revision = Revision
column-figure = Figure
column-by-density = From least to most dense
column-inhabitants = Inhabitants
column-interval = Interval at 95%
column-model = Model
column-cell = Measure
column-total = Total
column-noise = Noise
column-territories = Territories
column-reports = Reports
column-published = Publishable
column-period = Month
column-vocabulary = Vocabulary
column-received = Received
column-hash = Hash
cell-trips-fulfilled = trips fulfilled
cell-trips-not-fulfilled = trips not fulfilled
node-attached = attached
node-away = away
node-revoked = revoked
thread-open = open
thread-awarded = awarded
thread-held = held
thread-released = released
thread-withdrawn = withdrawn
thread-expired = expired
thread-cancelled = cancelled
thread-done = done

## Refusals: enrolment
refusal-enrolment-malformed = The enrolment request is incomplete or malformed. Check that the node is up to date.
refusal-enrolment-unknown = This hub does not know this enrolment string. Ask for a new invitation.
refusal-enrolment-used = This enrolment string was used by another node. Ask for a new invitation.
refusal-enrolment-expired = This enrolment string has expired. Ask for a new invitation.
refusal-enrolment-wrong-territory = This enrolment string is for another territory. Ask for an invitation of yours.
refusal-enrolment-bad-proof = The request is not signed by the key it presents. Enrol again.
refusal-enrolment-bad-request = The certificate request is not valid. Enrol again.
refusal-enrolment-unknown-commune = There is no commune { $commune }. Correct the communes served.
refusal-territory-taken = This territory has a node already. Revoke the old one before you invite another: maillage-hub nodes revoke
refusal-territory-unknown = No territory has the SIREN { $territory }. Check the nine digits.
refusal-territory-merged = The territory { $territory } was merged. Invite the one that took it over: { $successor }.
refusal-invitation-too-long = An invitation is valid for at most { $most } hours. Ask for less.

## Refusals: certificates and identity
refusal-renewal-bad-proof = The certificate request is not signed by the node’s key.
refusal-renewal-skew = The clocks of node and hub are more than a day apart. Set the node’s clock.
refusal-sealing-key-bad-proof = The new sealing key is not announced by the node itself.
refusal-sealing-key-stale = A newer sealing key of this node is known already. Take the directory first.
refusal-sealing-key-too-soon = The sealing key of this node was changed less than an hour ago. Try again later.
refusal-renewal-stale = A newer certificate request was received already. Send a new request.
refusal-too-many-attempts = Too many attempts from this address. Wait a minute, then try again.
refusal-too-many-envelopes = This node says more than the hub takes at once. It will be heard again in a moment.
refusal-hub-busy = The hub is very busy. Try again in a moment.
refusal-certificate-required = This service is for certified nodes. Join the federation first.
refusal-other-federation = This certificate is not one of a node of this federation.
refusal-node-unknown = The hub does not know this node. Check the identifier.
refusal-node-revoked = This node was revoked from the federation. Get in touch with the national team.

## Refusals: messages
refusal-envelope-missing = The message is empty.
refusal-envelope-not-yours = This message is sent in the name of another node. It is refused.
refusal-envelope-not-for-hub = This message is not for the hub.
refusal-envelope-other-federation = This message belongs to another federation.
refusal-envelope-too-large = This message is larger than allowed.
refusal-envelope-bad-signature = The signature of this message does not hold: it was altered, or signed by another key.
refusal-envelope-malformed = This message is not readable. Check that both programs have the same version.
refusal-envelope-id-reused = Another message had this identifier before. Nothing was changed.
refusal-unknown-kind = This message says something that this version does not know. Upgrade the hub.
refusal-notice-from-node = Only the hub writes notices.
refusal-command-malformed = This command cannot be understood. Check that both programs have the same version.
refusal-replaced-by-newer-stream = A newer connection of this node has taken over.
refusal-hub-stopping = The hub stops. The connection resumes when it is back.
refusal-store-unavailable = The hub cannot store anything right now. Try again in a moment.
refusal-malformed-argument = The value “{ $value }” is not suitable. Correct it.

## Refusals: handovers
refusal-handover-unknown = This handover does not exist, or is none of this node’s business.
refusal-handover-exists = This handover exists already.
refusal-handover-not-yours = This is not this node’s to decide.
refusal-handover-wrong-round = This message is for another round of the handover. Read its state again.
refusal-handover-wrong-state = The state of this handover does not allow it. Read its state again.
refusal-handover-too-late = The deadline has passed.
refusal-handover-not-eligible = This node cannot serve this request: area or needs.
refusal-handover-not-yet-asked = This request is not offered to this node yet: others are asked first.
refusal-handover-no-live-bid = The chosen node has no live bid.
refusal-handover-bad-deadline = The reply-by time is past or too far away.
refusal-handover-bad-terms = The terms do not fit: number of legs or territory.
refusal-handover-too-many-words = The two nodes have sent each other too many words about this handover.
refusal-handover-change-pending = Another change has not been answered yet.
refusal-handover-no-such-change = This change is not, or no longer, asked for.
refusal-handover-change-locked = Too close to the pickup for a change.
refusal-handover-no-agreement = This offer is only for territories that have an agreement with its origin.
refusal-handover-agreement-not-in-force = The version of the agreement that this bid names is not in force on the day of pickup.
refusal-handover-agreement-other-way = Under the agreement that this bid names, it is the other territory that carries.

## Refusals: agreements
refusal-agreement-no-such-member = This node is not, or no longer, a member of the federation.
refusal-agreement-unknown = These two territories have agreed on nothing, and nothing is proposed.
refusal-agreement-stale = This message is for another version of the agreement. Read its state again.
refusal-agreement-pending = Another proposal has not been answered yet.
refusal-agreement-not-yours = This is not this node’s to decide.
refusal-agreement-wrong-state = The state of this agreement does not allow it. Read its state again.
refusal-agreement-other-terms = The terms accepted are not those that were proposed.
refusal-agreement-bad-terms = These terms are not possible: amounts, days or territories.
refusal-agreement-bad-day = The last day is past.
refusal-agreement-too-many = These two territories have exchanged too many proposals or versions.

## Refusals: months
refusal-settlement-no-such-member = This node is not, or no longer, a member of the federation.
refusal-settlement-no-agreement = These two territories have no agreement: there is nothing to settle between them.
refusal-settlement-too-many = Too many statements of this node wait for the other, which has not read them yet.

## Refusals: statistics
refusal-report-malformed = This report does not follow the vocabulary in force.
refusal-report-already-received = Another report for this month was received before. The first remains in force.
refusal-report-unknown-model = This report names a participation model that is not in the national catalogue.
refusal-report-period-not-closed = This month is not over. Send the report after its end.

## Refusals: installation
refusal-hub-exists = There is a hub here already ({ $path }). It is never replaced: choose another directory.
refusal-hub-missing = There is no hub here ({ $path } is missing). Create it with: maillage-hub init
refusal-nothing-reported = No report of these months can be compared. Choose other months, or wait for reports.
refusal-model-not-reported = No report of these months is under this model. Choose another model or other months.
refusal-comparison-impossible = The reports received could not be compared. Tell those who maintain the program.
refusal-store-newer = These data were written by a newer version. Upgrade the program.
refusal-listen-address-in-use = The address { $address } cannot be used. Another program probably uses it: give another with --listen
refusal-api-address-in-use = The address { $address } cannot be used. Another program probably uses it: give another with --api-listen
