package endtoend

import (
	"crypto/md5"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// TestNoSecretReachesTheLog runs an apply, a failing apply and a destroy with
// everything logged, and looks for the password, what stands for it on the wire,
// and the tokens that the panel gave out.
func TestNoSecretReachesTheLog(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	tokens := recordTokens(t, sim.Panel("lobby").URL())
	w := workspace(t, sim, config("one"))
	log := filepath.Join(w.Dir, "trace.log")
	w.Env = []string{"TF_LOG=TRACE", "TF_LOG_PATH=" + log}

	var printed strings.Builder
	run := func(fails bool, args ...string) {
		output, _, err := w.Run(t.Context(), args...)
		printed.WriteString(output)
		if (err != nil) != fails {
			t.Fatalf("%v: err = %v", args, err)
		}
	}
	block := strings.Replace(acctest.ProviderBlock(sim), sim.Panel("lobby").URL(), tokens.url, 1)
	source := func(form string) {
		if err := w.Write("main.tf", []byte(requiredProviders+block+config(form))); err != nil {
			t.Fatal(err)
		}
	}
	source("one")
	run(false, "apply", "-auto-approve")
	for _, fault := range []simulator.Fault{
		{Path: loginPath, Status: 400},
		{Path: loginPath, Status: 502},
		{Path: loginPath, Cut: true},
		{Path: usersPath, Cut: true},
		{Path: loginPath, Status: 302, Headers: map[string]string{"Location": "https://elsewhere.example/?password=x"}},
	} {
		if err := sim.SetFaults(fault); err != nil {
			t.Fatal(err)
		}
		source("two")
		run(true, "apply", "-auto-approve")
	}
	if err := sim.SetFaults(); err != nil {
		t.Fatal(err)
	}
	run(false, "destroy", "-auto-approve")

	sum := md5.Sum([]byte(acctest.Password))
	keptSecret(t, log, printed.String(), tokens, acctest.Password, hex.EncodeToString(sum[:]))
}

// keptSecret looks for secrets, and for all tokens, in a log and in what was
// printed.
func keptSecret(t *testing.T, log, printed string, tokens *tokenRecorder, secrets ...string) {
	t.Helper()
	logged, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(logged), "HTTP request") {
		t.Fatal("the log does not show the provider's requests, so that its silence says nothing")
	}
	seen := tokens.seen()
	if len(seen) < 2 {
		t.Fatalf("only %d tokens were seen", len(seen))
	}
	for _, text := range []string{string(logged), printed} {
		for _, secret := range append(seen, secrets...) {
			if at := strings.Index(strings.ToLower(text), strings.ToLower(secret)); at >= 0 {
				t.Errorf("a secret is in the output: …%s…", text[max(0, at-200):at])
			}
		}
	}
}
