// check reads what Grafana and Docker read, the way they read it, and tells what they would refuse.
//
//	check dashboards FILE…   Grafana's dashboards, by its published types: no field is unknown,
//	                         missing, or of another type
//	check compose FILE       a compose file, by the loader of docker compose itself
//
// It decides nothing about what the files say: metrics, queries and links are for check.py.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) < 2 {
		return fmt.Errorf("say what to check, and which file")
	}
	switch arguments[0] {
	case "dashboards":
		plugins.RegisterDefaultPlugins()
		for _, path := range arguments[1:] {
			if err := dashboards(path); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		return nil
	case "compose":
		return compose(arguments[1])
	}
	return fmt.Errorf("%q is nothing that can be checked", arguments[0])
}

func dashboards(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var read dashboard.Dashboard
	// The reader returns a list of errors, also when it is empty.
	var found cog.BuildErrors
	if err := read.UnmarshalJSONStrict(text); err != nil && (!errors.As(err, &found) || len(found) > 0) {
		return err
	}
	if err := read.Validate(); err != nil {
		return err
	}
	fmt.Printf("%s: %d panels\n", *read.Title, len(read.Panels))
	return nil
}

func compose(path string) error {
	// Nothing of this machine's environment may fill a gap in the file.
	options, err := cli.NewProjectOptions([]string{path}, cli.WithName("clearfold"))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	for _, name := range project.ServiceNames() {
		service, err := project.GetService(name)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s as %s\n", name, service.Image, service.User)
	}
	return nil
}
