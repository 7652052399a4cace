"""What the real provider's SDK plans, beyond what the configuration says.

The expected values are those of the inventories of cloud-foundation-fabric, which are plans of the
real provider.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rehearsal.run import Session, StackRehearsal
from rehearsal.synthesized import SynthesizedStack

CONFIGURATION = """
terraform {
  required_providers {
    google = { source = "google", version = "6.50.0" }
  }
  provider_meta "google" {
    module_name = "blueprints/terraform/example:module/v1"
  }
}

provider "google" {
  project = "acme"
  region  = "europe-west1"
}

resource "google_service_account" "account" {
  account_id = "some-account"
}

resource "google_compute_firewall" "firewall" {
  name    = "allow-all"
  network = "net"
  allow { protocol = "all" }
}

resource "google_pubsub_subscription" "subscription" {
  name   = "sub"
  topic  = "topic"
  labels = {}
}

resource "google_compute_router_nat" "nat" {
  name                               = "nat"
  router                             = "router"
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

resource "google_storage_bucket" "bucket" {
  name     = "bucket"
  location = "EU"
  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "STANDARD"
    }
    condition { age = 30 }
  }
}

resource "google_cloud_run_v2_service" "service" {
  name     = "service"
  location = "europe-west1"
  template {
    containers {
      image = "hello"
      env {
        name = "SECRET1"
        value_source {
          secret_key_ref { secret = "credentials" }
        }
      }
      env {
        name  = "VAR1"
        value = "VALUE1"
      }
    }
  }
}

resource "google_compute_instance" "machine" {
  name         = "machine"
  machine_type = "e2-medium"
  zone         = "europe-west1-b"
  boot_disk {
    initialize_params { image = "IMAGE" }
  }
  network_interface { network = "net" }
}
"""
TYPES = (
    "google_service_account",
    "google_compute_firewall",
    "google_pubsub_subscription",
    "google_compute_router_nat",
    "google_storage_bucket",
    "google_cloud_run_v2_service",
    "google_compute_instance",
)
CONDITION = {
    "age": 30,
    "created_before": "",
    "custom_time_before": "",
    "days_since_custom_time": None,
    "days_since_noncurrent_time": None,
    "matches_prefix": [],
    "matches_storage_class": [],
    "matches_suffix": [],
    "noncurrent_time_before": "",
    "num_newer_versions": None,
}


def write(folder: Path, *, image: str) -> None:
    (folder / "main.tf").write_text(CONFIGURATION.replace("IMAGE", image))


def changes(rehearsal: StackRehearsal) -> dict[str, dict[str, Any]]:
    """Return the planned change of each resource, by type."""
    code, text = rehearsal.command("show", "-json", "rehearsal.tfplan")
    assert code == 0, text
    return {entry["type"]: entry["change"] for entry in json.loads(text)["resource_changes"]}


def test_the_stand_in_plans_what_the_real_provider_plans(session: Session, tmp_path: Path) -> None:
    """One run for all forms: a plan takes longer than looking at it."""
    write(tmp_path, image="debian-11")
    stack = SynthesizedStack("forms", tmp_path, {"resource": {name: {"x": {}} for name in TYPES}})
    rehearsal = StackRehearsal(session, stack)
    assert rehearsal.run(["init", "validate", "plan"]), rehearsal.result.failed
    plan = {name: change["after"] for name, change in changes(rehearsal).items()}

    assert plan["google_service_account"]["disabled"] is False
    firewall = plan["google_compute_firewall"]
    assert (firewall["priority"], firewall["source_ranges"]) == (1000, None)
    assert firewall["allow"] == [{"ports": [], "protocol": "all"}]
    subscription = plan["google_pubsub_subscription"]
    assert subscription["message_retention_duration"] == "604800s"
    assert subscription["labels"] is None
    assert subscription["effective_labels"] == {"goog-terraform-provisioned": "true"}
    assert plan["google_compute_router_nat"]["icmp_idle_timeout_sec"] == 30
    (condition,) = plan["google_storage_bucket"]["lifecycle_rule"][0]["condition"]
    assert {name: condition[name] for name in CONDITION} == CONDITION
    (container,) = plan["google_cloud_run_v2_service"]["template"][0]["containers"]
    secret, plain = container["env"]
    assert (secret["name"], secret["value"]) == ("SECRET1", "")
    assert plain == {"name": "VAR1", "value": "VALUE1", "value_source": []}

    # What the SDK fills in is no difference afterwards, also where the cloud decides inside a set.
    assert rehearsal.run(["apply", "replan"]), rehearsal.result.failed
    write(rehearsal.folder, image="debian-12")
    assert rehearsal.run(["plan"])
    machine = changes(rehearsal)["google_compute_instance"]
    assert machine["actions"] == ["delete", "create"]
    assert machine["replace_paths"] == [["boot_disk", 0, "initialize_params", 0, "image"]]
