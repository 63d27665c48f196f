package panel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// parseImportID splits an import ID into the panel, which is empty if the ID is a
// link_id alone, and the link_id. The error says what is wrong with the ID as a
// clause.
func parseImportID(id string) (panel string, linkID uuid.UUID, err error) {
	panel, text, named := strings.Cut(id, "/")
	if !named {
		panel, text = "", id
	}
	switch {
	case id == "":
		return "", uuid.Nil, errors.New("it is empty")
	case strings.TrimSpace(id) != id:
		return "", uuid.Nil, errors.New("it has blanks at an end")
	case strings.Contains(text, "/"):
		return "", uuid.Nil, errors.New("it has more than one slash")
	case named && panel == "":
		return "", uuid.Nil, errors.New("there is no panel before the slash")
	case text == "":
		return "", uuid.Nil, errors.New("there is no link_id after the slash")
	}
	linkID, err = uuid.Parse(text)
	switch {
	case err != nil:
		if _, numberErr := strconv.Atoi(text); numberErr == nil {
			return "", uuid.Nil, fmt.Errorf("%s is a number, such as a panel's own uid, and an object is imported by its link_id", text)
		}
		return "", uuid.Nil, fmt.Errorf("%q is not a UUID, and an object is imported by its link_id, not by its name", text)
	case len(text) != len(linkID.String()): // with braces, as a URN, or without hyphens
		return "", uuid.Nil, fmt.Errorf("the link_id is written as %s", linkID)
	case linkID == uuid.Nil:
		return "", uuid.Nil, errors.New("a link_id of zeros stands for none")
	}
	return panel, linkID, nil
}

// importForm says how an import ID is written, with the name of a panel there is.
func (p *Panels) importForm() string {
	const linkID = "0b2f7a5e-3c41-4c8e-9a54-6f0d2b1c7e93"
	name := "PANEL"
	if p != nil && len(p.names()) > 0 {
		name = p.names()[0]
	}
	return fmt.Sprintf("Write the ID as panel/link_id, such as %s/%s, or as link_id alone if the provider block has only one panel.", name, linkID)
}
