// Reads feeds as gofeed does: JSON lines {"name", "body" in base64} in, {"name", "items"} out.
//
// Texts come out as a reader sees them, by the HTML parser of golang.org/x/net.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

type feed struct {
	Name string `json:"name"`
	Body []byte `json:"body"`
}

type item struct {
	Link       string   `json:"link"`
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Summary    string   `json:"summary"`
	Content    string   `json:"content"`
	Authors    []string `json:"authors"`
	Categories []string `json:"categories"`
	Published  string   `json:"published"`
	Updated    string   `json:"updated"`
}

type reading struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"`
	Title string `json:"title"`
	Items []item `json:"items"`
}

var hidden = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true,
	atom.Iframe: true, atom.Video: true, atom.Audio: true, atom.Svg: true, atom.Rt: true, atom.Rp: true}

var block = regexp.MustCompile("^(address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|img|li|ol|p|pre|section|table|td|th|tr|ul)$")

func text(markup string) string {
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return markup
	}
	var words strings.Builder
	var walk func(*html.Node)
	walk = func(node *html.Node) {
		if node.Type == html.ElementNode && hidden[node.DataAtom] {
			return
		}
		parts := node.Type == html.ElementNode && block.MatchString(node.Data)
		if parts {
			words.WriteByte(' ')
		}
		if node.Type == html.TextNode {
			words.WriteString(node.Data)
		}
		for child := node.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
		if parts {
			words.WriteByte(' ')
		}
	}
	walk(root)
	return plain(words.String())
}

func plain(words string) string { return strings.Join(strings.Fields(words), " ") }

func moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func read(one feed) reading {
	result := reading{Name: one.Name, Items: []item{}}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(one.Body))
	if err != nil {
		result.Error = err.Error()
		return result
	}
	markup := text
	if parsed.FeedType == "json" {
		markup = plain // titles and summaries of JSON Feed are plain text
	}
	result.Title = markup(parsed.Title)
	for _, each := range parsed.Items {
		found := item{Link: each.Link, ID: each.GUID, Title: markup(each.Title), Summary: markup(each.Description),
			Content: text(each.Content), Authors: []string{}, Categories: []string{},
			Published: moment(each.PublishedParsed), Updated: moment(each.UpdatedParsed)}
		for _, author := range each.Authors {
			if author != nil {
				found.Authors = append(found.Authors, plain(author.Name))
			}
		}
		for _, category := range each.Categories {
			found.Categories = append(found.Categories, markup(category))
		}
		result.Items = append(result.Items, found)
	}
	return result
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var one feed
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		if err := out.Encode(read(one)); err != nil {
			panic(err)
		}
	}
}
