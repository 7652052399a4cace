"""The reader of the provider's Go source, on a package of a few lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.extract_rules import Package, SchemaReader, nested, render

GO = """
package example

const namePattern = "^[a-z]+$"

var tiers = []string{"BASIC", "FULL"}

var sharedSchema = map[string]*schema.Schema{
	"tier": {
		Type:         schema.TypeString,
		Optional:     true,
		ValidateFunc: validation.StringInSlice(tiers, true),
	},
}

func defaultZoneSuppress(_, old, new string, d *schema.ResourceData) bool {
	return old == "" && new == "zone-a"
}

func ResourceExample() *schema.Resource {
	return &schema.Resource{
		Schema: tpgresource.MergeSchemas(sharedSchema, map[string]*schema.Schema{
			"name": {
				Type:         schema.TypeString,
				Required:     true,
				ForceNew:     true,
				Default:      namePattern,
				ValidateFunc: verify.ValidateRegexp(namePattern),
			},
			"zone": {
				Type:             schema.TypeString,
				Optional:         true,
				Default:          "zone-a",
				DiffSuppressFunc: defaultZoneSuppress,
			},
			"mode": {
				Type:             schema.TypeString,
				Optional:         true,
				ValidateFunc:     verify.ValidateEnum([]string{"A", "B", ""}),
				DiffSuppressFunc: tpgresource.EmptyOrDefaultStringSuppress("A"),
			},
			"partial": {
				Type:         schema.TypeString,
				Optional:     true,
				ValidateFunc: validation.StringInSlice([]string{"A", other.B}, false),
			},
			"box": {
				Type:     schema.TypeList,
				Optional: true,
				Elem: &schema.Resource{
					Schema: map[string]*schema.Schema{
						"json": {
							Type:      schema.TypeString,
							Optional:  true,
							StateFunc: func(v interface{}) string {
								s, _ := structure.NormalizeJsonString(v)
								return s
							},
						},
					},
				},
			},
		}),
	}
}

func ResourceOther() *schema.Resource {
	return &schema.Resource{}
}

var unrelatedSchema = map[string]*schema.Schema{
	"unrelated": {
		Type:     schema.TypeString,
		Optional: true,
	},
}
"""


@pytest.fixture
def reader(tmp_path: Path) -> SchemaReader:
    (tmp_path / "verify").mkdir()
    (tmp_path / "resource_example.go").write_text(GO)
    return SchemaReader(
        Package(tmp_path), Package(tmp_path / "verify"), tmp_path / "resource_example.go"
    )


def rules_of(reader: SchemaReader, function: str) -> dict[str, dict[str, object]]:
    declaration = reader.package.declaration(function)
    assert declaration is not None
    reader.read_resource(*declaration)
    return {
        name: {key: value for key, value in rule.items() if key != "line"}
        for name, rule in reader.arguments.items()
    }


def test_the_arguments_of_merged_maps_are_read_with_their_rules(reader: SchemaReader) -> None:
    assert rules_of(reader, "ResourceExample") == {
        "tier": {"enum": ["BASIC", "FULL"], "ignore_case": True},
        "name": {"force_new": True, "default": "^[a-z]+$", "pattern": "^[a-z]+$"},
        "zone": {
            "default": "zone-a",
            "suppress": "defaultZoneSuppress",
            "same_as_unset": "zone-a",
        },
        "mode": {
            "suppress": "tpgresource.EmptyOrDefaultStringSuppress",
            "same_as_unset": "A",
            "enum": ["A", "B"],
            "or_empty": True,
        },
        # An enumeration of which a part is not known would refuse what the provider takes.
        "partial": {"unchecked": "validation.StringInSlice"},
        "box": {},
        "box.json": {"stored_as": "json"},
    }


def test_the_map_of_another_declaration_is_not_taken_for_that_of_a_type(
    reader: SchemaReader,
) -> None:
    assert rules_of(reader, "ResourceOther") == {}


def test_the_file_has_a_type_on_each_line_and_is_json() -> None:
    tree = nested({"box": {"force_new": True}, "box.json": {}, "name": {"line": 3}})
    assert tree == {"box": {"force_new": True, "in": {"json": {}}}, "name": {"line": 3}}
    data = {
        "source": "https://example.com",
        "commit": "0" * 40,
        "kinds": {},
        "types": {"google_b": {"in": tree}, "google_a": {"in": {}}},
    }
    text = render(data)
    assert json.loads(text) == data
    assert [line[:12] for line in text.splitlines() if line.startswith('  "')] == [
        '  "google_a"',
        '  "google_b"',
    ]
