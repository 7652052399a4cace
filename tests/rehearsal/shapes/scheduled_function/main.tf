/* A function of the second generation, started each night by Cloud Scheduler,
   with a secret that is { not } in state. */
terraform {
  required_providers {
    google = { source = "hashicorp/google", version = ">= 6.0" }
  }
}

provider "google" {
  project = "example-project"
  region  = local.region
}

variable "api_token" {
  description = <<-EOT
    Of the service that is read each night.
    resource "google_nothing" "here" {}
  EOT
  type        = string
  sensitive   = true
  ephemeral   = true
}

locals { region = "europe-west1" }

resource "google_storage_bucket" "source" {
  name                        = "example-project-function-source"
  location                    = upper(local.region)
  uniform_bucket_level_access = true
}

resource "google_storage_bucket_object" "source" {
  bucket  = google_storage_bucket.source.name
  name    = "source-${substr(sha256(local.program), 0, 12)}.zip"
  content = local.program
}

locals {
  program = <<EOT
def main(request):
    return {"text": "}"}   # a brace that closes nothing
EOT
}

resource "google_service_account" "this" {
  for_each   = toset(["runner", "caller"])
  account_id = "nightly-${each.key}"
}

resource "google_secret_manager_secret" "token" {
  secret_id = "nightly-token"
  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "token" {
  secret                 = google_secret_manager_secret.token.id
  secret_data_wo         = var.api_token
  secret_data_wo_version = 1
}

resource "google_secret_manager_secret_iam_member" "runner" {
  secret_id = google_secret_manager_secret.token.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this["runner"].member
}

resource "google_cloudfunctions2_function" "nightly" {
  name     = "nightly"
  location = local.region

  build_config {
    runtime     = "python312"
    entry_point = "main"
    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source.name
      }
    }
  }

  service_config {
    available_memory      = "256M"
    timeout_seconds       = 300
    max_instance_count    = 1
    ingress_settings      = "ALLOW_INTERNAL_ONLY"
    service_account_email = google_service_account.this["runner"].email

    secret_environment_variables {
      key        = "API_TOKEN"
      project_id = "example-project"
      secret     = google_secret_manager_secret.token.secret_id
      version    = "latest"
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.runner]
}

resource "google_cloud_run_service_iam_member" "caller" {
  location = local.region
  service  = google_cloudfunctions2_function.nightly.name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.this["caller"].email}"
}

resource "google_cloud_scheduler_job" "nightly" {
  name             = "nightly"
  schedule         = "15 3 * * *"
  time_zone        = "Europe/Berlin"
  attempt_deadline = "320s"

  http_target {
    http_method = "POST"
    uri         = google_cloudfunctions2_function.nightly.service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.this["caller"].email
    }
  }
}
