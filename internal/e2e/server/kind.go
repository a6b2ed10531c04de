package server

import "fmt"

// Kind is a server with its version.
type Kind int

// The servers that Start knows.
const (
	Elasticsearch8 Kind = iota
	Elasticsearch9
	OpenSearch3
)

// Kinds returns all of them, the one that Shared prefers first.
func Kinds() []Kind { return []Kind{Elasticsearch8, Elasticsearch9, OpenSearch3} }

// recipe is how a kind is fetched, and which JDK runs it.
type recipe struct {
	name, version         string
	variable              string // names a JDK that wins over those found
	lowestJDK, highestJDK int
	jdkPackage            string
	fetch                 fetcher
}

func (k Kind) recipe() recipe {
	switch k {
	case Elasticsearch9:
		return recipe{"Elasticsearch", "9.2.4", "JDK21", 21, 99, "openjdk-21-jdk-headless", fetchElasticsearch}
	case OpenSearch3:
		return recipe{"OpenSearch", "3.8.0", "JDK21", 21, 99, "openjdk-21-jdk-headless", fetchOpenSearch}
	default:
		return recipe{"Elasticsearch", "8.19.16", "JDK", 17, 21, "openjdk-17-jdk-headless", fetchElasticsearch}
	}
}

// String is name and version, such as "Elasticsearch 8.19.16".
func (k Kind) String() string {
	r := k.recipe()
	return fmt.Sprintf("%s %s", r.name, r.version)
}
