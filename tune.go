package main

// gcPercent lets the heap grow to three times what is in use before it is
// collected. A provider allocates much and keeps little; at Go's own 100 a quarter
// of its time went into collecting. More would gain little, and a thousand users
// would take hundreds of megabytes.
const gcPercent = 200

// logVariables are those by which a user asks for the log of a provider or of the
// libraries it is built from.
var logVariables = []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO"}

// tune makes the process use less of the machine, unless the user has asked for
// something else. The libraries that every provider is built from write each step
// they take to the command line at level trace, which reads and drops it all when
// nobody asked for a log: half the time of a plan of a thousand users. It leaves the provider's own log alone.
func tune(lookup func(string) (string, bool), set func(name, value string) error, collectAt func(percent int) int) error {
	if _, chosen := lookup("GOGC"); !chosen {
		collectAt(gcPercent)
	}
	for _, name := range logVariables {
		if value, _ := lookup(name); value != "" {
			return nil
		}
	}
	return set("TF_LOG_SDK", "off")
}
