// Parses label selectors with k8s.io/apimachinery: a line of JSON in, a line of JSON out.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"k8s.io/apimachinery/pkg/labels"
)

type question struct {
	Text string `json:"text"`
	// Labels of objects, each of which is selected or not.
	Labels []map[string]string `json:"labels"`
}

type answer struct {
	Shown   string `json:"shown,omitempty"`
	Matches []bool `json:"matches,omitempty"`
	Error   string `json:"error,omitempty"`
}

func ask(asked question) answer {
	selector, err := labels.Parse(asked.Text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	told := answer{Shown: selector.String()}
	for _, set := range asked.Labels {
		told.Matches = append(told.Matches, selector.Matches(labels.Set(set)))
	}
	return told
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		if err := out.Encode(ask(asked)); err != nil {
			panic(err)
		}
	}
}
