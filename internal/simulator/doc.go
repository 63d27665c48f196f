// Package simulator runs simulated targets over real HTTP, for tests and for
// trying things out without hardware or an account. The targets are BAS-IP door
// panels of the Android family and a SailPoint Identity Security Cloud tenant
// with identity profiles. They are built from the vendors' contracts (the §
// numbers below and in the code, of the one or the other) and from nothing else
// of this project, so that a misreading in a client shows as a failing test.
//
// [Start] opens one listener for the control API, one per panel and one for the
// tenant. A target's listener serves the vendor API at its root and the same
// control API below /_sim/. A target performs each request as one step, so a
// request is either applied whole or not at all.
//
// # Panel API
//
// Paths are below /api/v1 except for the first. All but the first two want a
// token as "Authorization: Bearer", and those that write an administrator's.
//
//	GET          /api/info                      device info
//	GET          /login                         token for username and MD5 of password
//	GET, POST    /logout                        ends the session
//	GET          /access/users/items            all users
//	GET          /access/users/items/link       users that have a link_id
//	POST         /access/users/items/link       upsert users
//	DELETE       /access/users/items/link       delete users by link_id
//	GET, DELETE  /access/users/item/{uid}       one user
//	GET          /access/timeprofile/items      all time profiles
//	GET          /access/timeprofile/items/link time profiles that have a link_id
//	POST         /access/timeprofile/items/link upsert time profiles
//	DELETE       /access/timeprofile/items/link delete time profiles by link_id
//	GET, DELETE  /access/timeprofile/item/{uid} one time profile
//	GET          /access/identifier/items/link  identifiers that have a link_id
//	GET          /network/management/server     management system settings
//
// An unknown path is a 404 and a known one with another verb a 405, both with
// a JSON error. Every answer, listed item and per-item result has a field
// x_extra that nobody documented. A panel with an api_version below 2 has no
// paths for users (§1.1). Deletes by uid remove local entities too; a client
// should never be seen using them.
//
// # Tenant API
//
// Below, V is a version of the API as a whole: v3, v2024, v2025, v2026 or beta
// (§1.4). All paths but the first two want a token as "Authorization: Bearer".
//
//	POST               /oauth/token                   token for client id and secret
//	GET                /oauth/info                    where that is
//	GET, POST          /identity-profiles/v1          list, create
//	POST               /identity-profiles/v1/bulk-delete
//	GET, PATCH, DELETE /identity-profiles/v1/{id}
//	GET                /identity-profiles/v1/{id}/default-identity-attribute-config
//	POST               /identity-profiles/v1/{id}/process-identities
//	GET                /identity-profiles/v1/{id}/lifecycle-states
//	any of these       /V/identity-profiles...
//	GET                /task-status/v1                list of deletions
//	GET                /task-status/v1/{id}           state of a deletion
//	any of these       /V/task-status...              but not in v3
//	GET                /sources/v1/{id}, /V/sources/{id}
//
// Export, import and identity-preview are a 501, and there are no lifecycle
// states. An unknown path is a 404 and a known one with another verb a 405.
// Every object answered has a field x_extra that nobody documented, but for the
// 401 and 429, which are word for word the vendor's.
//
// A deletion, of one profile or many, starts a task and has its effect when
// the task ends; [TenantSettings] says when and how that is. A new profile gets
// what it lacks from the tenant: a priority 10 above the highest, mappings, the
// names of its source and owner (§2.2). A second profile of one source is a
// 409. A PATCH of what only the server writes, or of both the source and the
// mappings, is a 400 (§2.3).
//
// # Control API
//
// The control API is on the control listener and on every target's listener.
// Its requests are not logged, not delayed and struck by no fault, and they
// are answered when the target is unavailable. A mistake in a body (an unknown
// field or target, a value outside its enumeration) is a 400 with
// {"error": "..."}, and then nothing has changed.
//
//	GET    /_sim/state     {"panels": {"lobby": PanelState, ...}, "tenant": TenantState}
//	PUT    /_sim/state     replaces the state of the targets named
//	GET    /_sim/settings  {"panels": {"lobby": Settings, ...}, "tenant": TenantSettings}
//	                       without passwords and secrets
//	PUT    /_sim/settings  merges partial settings of the targets named
//	GET    /_sim/requests  {"requests": [Request, ...]}
//	DELETE /_sim/requests  empties the request log
//	GET    /_sim/faults    {"rules": [Fault, ...]}
//	PUT    /_sim/faults    replaces all rules and starts their counts anew
//	DELETE /_sim/faults    removes all rules
//	DELETE /_sim/tokens    makes every token of every target invalid
//	DELETE /_sim/tasks     ends every task of the tenant now
//
// A PUT answers what a GET would then answer, a DELETE answers 204. Without a
// tenant there is no "tenant".
//
// State is written as the JSON of [PanelState] and [TenantState]; the tasks of
// the latter are for reading, and what a PUT says of them has no effect. A user
// refers to others with plain lists:
//
//	{"uid": 1, "link_id": "…", "name": "Ada", "info": "", "lock_number": 1,
//	 "is_custom_user_access": true, "auth_factors": ["card"],
//	 "apartment_link_id": "…", "time_profile_link_ids": ["…"],
//	 "identifier_link_ids": ["…"], "identifier_uids": [4]}
//
// Entities without a link_id are local ones, made at the panel. A uid that is
// absent or 0 asks for a new one; uids count up from 1 per collection and are
// not used again. A state may have two entities with one link_id, and
// references to nothing; a uid used twice or a time profile that the panel
// would refuse is an error. A replaced state is visible in listings at once.
//
// # Request log
//
// The log has every request on a vendor path, of all targets, in the order in
// which they took effect; see [Request] for the fields. An entry is there
// before the answer is sent. Credentials never are: neither a login's query or
// body nor any header. A request whose connection was cut has status 0.
//
// # Faults
//
// A [Fault] strikes requests by target, method and path (exact, or a pattern
// of path.Match in which * stops at a slash), from the nth matching request on
// and count times. All rules count all requests that match them; of those that
// strike one, the first in order is carried out.
//
//	{"status": 500}                       500 and no effect, with an error as
//	                                      the target writes it
//	{"status": 500, "apply": true}        applied, but answered with 500
//	{"cut": true}                         connection reset, no effect
//	{"cut": true, "apply": true}          applied, and the answer is lost
//	{"delay": "2s"}                       ordinary answer, late
//	{"delay": "2s", "cut": true}          silence, then a reset, no effect
//	{"body": "<html>"}                    200 with that text
//	{"status": 307, "headers": {…}}       a redirect
//
// Mind that net/http's client by itself repeats a GET whose reused connection
// breaks without an answer. A rule that has to make a GET fail by a cut should
// have no count, or a count of more than one.
//
// # Settings of panels
//
// Those of the tenant are described at [TenantSettings]. The settings of a
// panel, with the default first. Contract sections say what is documented;
// where nothing is, the variants are what a client has to survive.
//
// Device:
//
//   - api_version ("2.10.0"): what device info says; users need major 2 (§1.1).
//   - serial_number: a UUID fixed by the panel's name.
//   - device_type: panel, monitor (§5.1).
//   - info_path_v1 (false): device info is at /api/v1/api/info and only there.
//   - paths: default, alternative (§0.1). With alternative the users' link path
//     is /access/user/items/link, without DELETE, and the default one a 404;
//     deletes are POST /access/users/link/delete and
//     POST /access/timeprofile/link/delete. Listing and upserting time profiles
//     stay where they are, so DELETE there is a 405.
//   - link_management_enabled (false): is_enabled of the management system (§6).
//
// Sessions:
//
//   - username ("admin"), password ("123456", never shown by the control API).
//   - role: admin, manager. A manager's writes are a 403 (§1.3).
//   - token_ttl ("0s"): how long a token is valid by [Config].Now; 0 is for ever.
//   - token_requests (0): how many authorised requests a token is good for, to
//     have one expire at a known place; 0 is any number.
//
// Transport and errors:
//
//   - latency (from [Config]): added to every answer.
//   - unavailable (false): every vendor request is reset, as in a reboot.
//   - error_shape: string, bool, object. What "error" is (§1.3).
//   - backticks (true): the texts about JSON bodies have the field name in
//     back-ticks (§1.3).
//
// Listings:
//
//   - limit: strict, lax. Strict refuses a limit other than 10, 20, 30, 50 (§2.3).
//   - filter_ignored (false): filters have no effect (§2.3). Without it users
//     filter by name and link_id, time profiles by name, date_from and date_to,
//     identifiers by link_id, each by equality; other filters have no effect.
//   - paging_ignored (false): page_number has no effect, every page is the first.
//   - move_between_pages (0): before the second page of that many listings another
//     system removes the entity with the lowest uid, and adds one like it with a new
//     uid and link_id: the count stays, and the others move up.
//   - shuffle_pages (false): each page is cut from another order.
//   - list_option_key: list_option, list_options, absent (§2.3).
//   - uid_key: item_uid, uid, absent. The key of the uid of users and time
//     profiles (§2.2).
//   - listing_refs: link_ids, objects, names, absent. How a listed user shows its
//     time profiles and apartment (§2.2): "time_profiles": {"link_ids": […]} and
//     "apartment_link_id"; "time_profiles": [{"uid", "link_id", "name"}] and
//     "apartment": {"uid", "link_id"} with uid -1 for none; "time_profiles" as a
//     list of names; not at all. Identifiers are always shown.
//
// Deletes:
//
//   - delete_shape: current, legacy. Legacy results have no success key (§2.5).
//   - gone_code (""): the code for an entity that is not there; empty is the
//     documented one, not_found for users and entity_not_found for time profiles.
//   - deletes_visible_listings (0): in how many further listings of its
//     collection a deleted entity still shows (§5.5). A listing is counted when
//     page 1 is asked for, with link_ids or all; its later pages agree with it.
//   - delete_delay ("0s"): how long, by [Config].Now, a deleted entity still
//     shows. With both it shows until both have passed. It is in listings only:
//     to delete it again answers that it is not there, and it is in no state.
//   - ignore_deletes (false): says deleted and deletes nothing.
//   - profile_delete: unlink, refuse. What becomes of a time profile that users
//     have: they lose it, and are let in at any time; or the item fails with
//     invalid_time_rules_settings (§3.5).
//
// Upserts:
//
//   - upserts_visible_after_listings (0): from how many further listings a new
//     entity is left out; counted like deletes_visible_listings.
//   - name_match: update, duplicate. Whether a user with a new link_id and the
//     name of another takes that one over, local ones included (§2.4).
//   - name_fold (false): names that differ in case alone are the same, to
//     name_match and to has_dublicates.
//   - name_trim (false): a name loses the blanks at its ends, and others become
//     single ones, before it is stored or compared. So does a time profile's.
//   - name_max (0): a longer name is cut after so many characters before it is
//     stored or compared. So is a time profile's. 0 is any length.
//   - omitted_refs: clear, keep. What becomes of a user's time profiles,
//     apartment and identifiers when an update does not mention them (§4). To
//     clear identifiers detaches those without a link_id too; a list of
//     identifiers that is sent leaves these attached.
//   - missing_refs: store, silent, fail. References to entities that are not
//     there are dropped and reported by a bound_… code with success true;
//     dropped without a word; or fail the item (§2.4). Apartments are not
//     simulated and any link_id will do for one.
//   - bound_shape: string, comma, array. How these codes are written: alone;
//     after the outcome, as in "updated, bound_time_profile_doesnt_exist"; or
//     as an array of the outcome and the codes (§2.4).
//   - bad_item: reject_all, per_item. Whether a time profile that breaks a rule
//     of §3.4 has the request refused with the rule's text, nothing stored, or
//     fails alone with invalid_time_rules_settings. Missing fields and wrong
//     types always have the request refused.
//   - max_users, max_time_profiles (0): how many there can be; more fail with
//     number_of_identifiers_exceeded. 0 is any number.
//
// Bulk results, of upserts and deletes:
//
//   - item_outcomes ({}): link_id to extended_info. Such an item fails with that
//     code and nothing is done.
//   - omit_results ([]): link_ids that are left out of the results, although
//     what was asked is done.
package simulator
