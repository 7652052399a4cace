# Stack bootstrap, for review. Terraform reads stacks/bootstrap/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "bootstrap"
  }

  required_providers {
    google = {
      source  = "google"
      version = "6.50.0"
    }
  }
}

provider "google" {
  default_labels = {
    "managed-by" = "terraform"
    team         = "platform"
  }
  project = "beep-shared-example"
  region  = "us-central1"
}

# bootstrap/artifact-registry/repository
resource "google_artifact_registry_repository" "artifact_registry_repository" {
  cleanup_policy_dry_run = false
  description            = "Images of the beep applications, built once and promoted by digest"
  format                 = "DOCKER"
  location               = "us-central1"
  mode                   = "STANDARD_REPOSITORY"
  repository_id          = "beep"

  cleanup_policies {
    action = "KEEP"
    id     = "keep-newest"

    most_recent_versions {
      keep_count = 50
    }
  }
  cleanup_policies {
    action = "DELETE"
    id     = "delete-untagged"

    condition {
      older_than = "1209600s"
      tag_state  = "UNTAGGED"
    }
  }

  docker_config {
    immutable_tags = false
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.project_services_artifactregistry]
}

# bootstrap/project-services/artifactregistry
resource "google_project_service" "project_services_artifactregistry" {
  disable_on_destroy = false
  service            = "artifactregistry.googleapis.com"
}

# bootstrap/project-services/iam
resource "google_project_service" "project_services_iam" {
  disable_on_destroy = false
  service            = "iam.googleapis.com"
}

# bootstrap/project-services/storage
resource "google_project_service" "project_services_storage" {
  disable_on_destroy = false
  service            = "storage.googleapis.com"
}

# bootstrap/state/bucket
resource "google_storage_bucket" "state_bucket" {
  force_destroy               = false
  location                    = "US"
  name                        = "beep-terraform-state-example"
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      num_newer_versions = 50
      with_state         = "ARCHIVED"
    }
  }

  soft_delete_policy {
    retention_duration_seconds = 2592000
  }

  versioning {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.project_services_storage]
}
