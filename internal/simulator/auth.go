package simulator

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"
)

// A token is one session. A panel keeps any number of them: whether a second
// login ends the first is unknown (contract §1.2), and a client that shares
// one session does not depend on it.
type token struct {
	issued time.Time
	used   int
}

// login answers GET /login: the password comes as its MD5 in hex, in either
// case, and a wrong one is a 400 (contract §1.2).
func (p *Panel) login(c *call) (map[string]any, *apiError) {
	username, password := c.query.Get("username"), c.query.Get("password")
	if username == "" || password == "" {
		return nil, errLoginMissed
	}
	sum := md5.Sum([]byte(p.settings.Password))
	if username != p.settings.Username || !strings.EqualFold(password, hex.EncodeToString(sum[:])) {
		return nil, errWrongLogin
	}
	// 40 hex digits, as in the vendor's examples. Read never fails.
	var raw [20]byte
	_, _ = rand.Read(raw[:])
	id := hex.EncodeToString(raw[:])
	p.tokens[id] = &token{issued: p.now()}
	return map[string]any{"token": id, "account_type": p.settings.Role}, nil
}

// logout ends the session the request came with.
func (p *Panel) logout(c *call) (map[string]any, *apiError) {
	delete(p.tokens, bearer(c))
	return map[string]any{}, nil
}

// authorise counts one use of the request's token, or refuses it.
func (p *Panel) authorise(c *call) *apiError {
	id := bearer(c)
	t := p.tokens[id]
	if t == nil {
		return errUnauthorized
	}
	ttl, uses := time.Duration(p.settings.TokenTTL), p.settings.TokenRequests
	if ttl > 0 && p.now().Sub(t.issued) >= ttl || uses > 0 && t.used >= uses {
		delete(p.tokens, id)
		return errUnauthorized
	}
	t.used++
	return nil
}

func bearer(c *call) string {
	id, ok := strings.CutPrefix(c.header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return id
}
