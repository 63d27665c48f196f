// Package bulk turns many concurrent single operations into few bulk calls.
//
// Some callers can ask for one thing at a time only, many of them side by side,
// while the other side takes lists: Terraform destroys one resource at a time,
// ten in parallel, and the APIs behind it delete in bulk. A [Group] lets
// operations that wait together travel together, and gives each caller the
// outcome of its own item.
//
// # When a call is sent
//
// One call is under way at a time, and the next one forms meanwhile. What waits
// when no call is under way is sent as soon as
//
//   - a call takes no more (full),
//   - as many callers wait as were ever seen together, so that nobody is left who
//     could come (saturated): an operation that was never in company is sent at
//     once, without a timer or a goroutine of its own,
//   - nobody has come for half the time that a call takes (quiet), or
//   - gathering has taken as long as a call does.
//
// The time of a call is measured and smoothed. After a flush that was not
// saturated the group forgets half of the callers it missed, so that later lone
// operations stop waiting for them. Groups that serve the same callers share a
// [Company]: a group sends at once when all of them wait somewhere, or when only a
// few of many were ever seen together there. Without it ten callers spread over
// twenty groups lost a twentieth of their time to gathering in vain.
//
// # Why not simpler
//
// The callers released by one call do not come back together: between two
// operations Terraform writes its state, one resource after the other, a few
// milliseconds each. In a model of that (ten callers, 200 items, a state write of
// 2 to 10 ms after each, and another side that carries out one call of 300 ms at a
// time), in virtual time, by TestWorkload and TestWorkloadWithOtherBatchers:
//
//	                       calls    time
//	one by one               200   60.0 s
//	a window of 3 s           20   66.2 s
//	a window of 16 ms        121   36.3 s
//	group commit              40   12.0 s
//	this package              21    7.7 s
//	full calls only           20    7.2 s
//
// A fixed window is the wrong batcher: a long one makes every caller wait although
// all of them are there already, a short one closes before they have come back.
// Plain group commit (whoever arrives during a call forms the next one) alternates:
// the first caller to come back is sent alone, the other nine during its call, and
// so on: 1, 9, 1, 9. The short gathering between two calls is what keeps them
// together. It is worth its price as long as it costs less than the calls it saves,
// and so is measured in calls, not in milliseconds: with 5 s a call, the same job
// needs 21 calls and 109 s, with 150 ms 21 calls and 4.5 s. With 30 ms, when callers
// need twice that to come back, it needs 29 calls and 1.7 s. A hundred callers with
// 1000 items of 300 ms need 15 calls and 8.4 s.
//
// # What is promised
//
// Every caller gets one answer, that of its own item or of an equal one it joined.
// An item is sent once; more often only when the other side said that it had done
// nothing ([RefusedError]: the call is split, so that one bad item among n fails
// alone, after 2·log2 n more calls), or when reading proved the same after a call
// of unknown fate ([UnknownError], once). An item that is withdrawn before it is
// sent stays unsent. A caller who leaves never takes the call from the others; the
// call is cancelled when the last one has left, or by Close, after which nothing is
// sent and nothing runs.
package bulk
