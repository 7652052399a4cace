# Stack dev-services, for review. Terraform reads stacks/dev-services/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "dev/services"
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
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-dev-example"
  region  = "us-central1"
}

variable "image_api" {
  default     = "us-central1-docker.pkg.dev/beep-shared-example/beep/beep-api:main"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

variable "image_mcp" {
  default     = "us-central1-docker.pkg.dev/beep-shared-example/beep/beep-mcp:main"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

variable "image_todox" {
  default     = "us-central1-docker.pkg.dev/beep-shared-example/beep/beep-todox:main"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

variable "image_web" {
  default     = "us-central1-docker.pkg.dev/beep-shared-example/beep/beep-web:main"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

# dev-services/cloud-run/beep-api
resource "google_cloud_run_v2_service" "cloud_run_beep_api" {
  deletion_protection  = false
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-api"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 1000
    service_account                  = "beep-api@beep-dev-example.iam.gserviceaccount.com"
    timeout                          = "3600s"

    containers {
      image = var.image_api
      name  = "app"

      env {
        name = "ALCHEMY_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-alchemy-password"
            version = "1"
          }
        }
      }
      env {
        name  = "APP_ADMIN_USER_IDS"
        value = "user__00000000-0000-4000-8000-000000000001"
      }
      env {
        name  = "APP_API_HOST"
        value = "api.dev.example.com"
      }
      env {
        name  = "APP_API_PORT"
        value = "8080"
      }
      env {
        name  = "APP_API_URL"
        value = "https://api.dev.example.com"
      }
      env {
        name  = "APP_AUTH_URL"
        value = "https://api.dev.example.com"
      }
      env {
        name  = "APP_CLIENT_URL"
        value = "https://app.dev.example.com"
      }
      env {
        name  = "APP_DOMAIN"
        value = "dev.example.com"
      }
      env {
        name  = "APP_ENV"
        value = "dev"
      }
      env {
        name  = "APP_LOG_FORMAT"
        value = "pretty"
      }
      env {
        name  = "APP_LOG_LEVEL"
        value = "Debug"
      }
      env {
        name  = "APP_MCP_URL"
        value = "https://beep-mcp-100000000001.us-central1.run.app"
      }
      env {
        name  = "APP_NAME"
        value = "beep"
      }
      env {
        name = "AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "AWS_REGION"
        value = "us-east-1"
      }
      env {
        name = "AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "BETTER_AUTH_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-better-auth-secret"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "CLOUD_AWS_REGION"
        value = "us-east-1"
      }
      env {
        name  = "CLOUD_AWS_S3_BUCKET_NAME"
        value = "beep-dev-example"
      }
      env {
        name = "CLOUD_AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_DATABASE"
        value = "beep"
      }
      env {
        name  = "DB_PG_HOST"
        value = "postgres.dev.beep.internal"
      }
      env {
        name = "DB_PG_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-password"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_PORT"
        value = "5432"
      }
      env {
        name  = "DB_PG_SSL"
        value = "true"
      }
      env {
        name = "DB_PG_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-url"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_USER"
        value = "beep_app"
      }
      env {
        name = "KV_REDIS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-password"
            version = "1"
          }
        }
      }
      env {
        name  = "KV_REDIS_PORT"
        value = "6379"
      }
      env {
        name = "KV_REDIS_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-url"
            version = "1"
          }
        }
      }
      env {
        name = "LIVEBLOCKS_SECRET_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-liveblocks-secret-key"
            version = "1"
          }
        }
      }
      env {
        name  = "NODE_ENV"
        value = "production"
      }
      env {
        name  = "NODE_EXTRA_CA_CERTS"
        value = "/etc/beep/postgres/server-ca.pem"
      }
      env {
        name = "OAUTH_PROVIDER_GITHUB_CLIENT_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-oauth-provider-github-client-id"
            version = "1"
          }
        }
      }
      env {
        name = "OAUTH_PROVIDER_GITHUB_CLIENT_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-oauth-provider-github-client-secret"
            version = "1"
          }
        }
      }
      env {
        name  = "OAUTH_PROVIDER_NAMES"
        value = "github"
      }
      env {
        name  = "OTLP_LOG_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/logs"
      }
      env {
        name  = "OTLP_METRIC_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/metrics"
      }
      env {
        name  = "OTLP_TRACE_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/traces"
      }
      env {
        name  = "SECURITY_TRUSTED_ORIGINS"
        value = "https://app.dev.example.com,https://todox.dev.example.com,https://preview.dev.example.com"
      }

      liveness_probe {
        failure_threshold     = 4
        initial_delay_seconds = 0
        period_seconds        = 30
        timeout_seconds       = 10

        http_get {
          path = "/v1/health"
          port = 8080
        }
      }

      ports {
        container_port = 8080
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "1024Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/v1/health"
          port = 8080
        }
      }

      volume_mounts {
        mount_path = "/etc/beep/postgres"
        name       = "secret-file"
      }
    }

    scaling {
      max_instance_count = 1
    }

    volumes {
      name = "secret-file"

      secret {
        secret = "beep-db-pg-server-ca"

        items {
          mode    = 292
          path    = "server-ca.pem"
          version = "1"
        }
      }
    }

    vpc_access {
      connector = "projects/beep-dev-example/locations/us-central1/connectors/beep-dev"
      egress    = "PRIVATE_RANGES_ONLY"
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# dev-services/cloud-run/beep-mcp
resource "google_cloud_run_v2_service" "cloud_run_beep_mcp" {
  deletion_protection  = false
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = false
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-mcp"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 80
    service_account                  = "beep-mcp@beep-dev-example.iam.gserviceaccount.com"
    timeout                          = "300s"

    containers {
      image = var.image_mcp
      name  = "app"

      liveness_probe {
        failure_threshold     = 4
        initial_delay_seconds = 0
        period_seconds        = 30
        timeout_seconds       = 10

        http_get {
          path = "/health"
          port = 8080
        }
      }

      ports {
        container_port = 8080
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/health"
          port = 8080
        }
      }
    }

    scaling {
      max_instance_count = 2
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# dev-services/cloud-run/beep-mcp-beep-api
resource "google_cloud_run_v2_service_iam_member" "cloud_run_beep_mcp_beep_api" {
  location = "us-central1"
  member   = "serviceAccount:beep-api@beep-dev-example.iam.gserviceaccount.com"
  name     = google_cloud_run_v2_service.cloud_run_beep_mcp.name
  role     = "roles/run.invoker"
}

# dev-services/cloud-run/beep-todox
resource "google_cloud_run_v2_service" "cloud_run_beep_todox" {
  deletion_protection  = false
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-todox"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 80
    service_account                  = "beep-todox@beep-dev-example.iam.gserviceaccount.com"
    timeout                          = "60s"

    containers {
      image = var.image_todox
      name  = "app"

      env {
        name = "ALCHEMY_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-alchemy-password"
            version = "1"
          }
        }
      }
      env {
        name  = "APP_ADMIN_USER_IDS"
        value = "user__00000000-0000-4000-8000-000000000001"
      }
      env {
        name  = "APP_API_HOST"
        value = "api.dev.example.com"
      }
      env {
        name  = "APP_API_PORT"
        value = "8080"
      }
      env {
        name  = "APP_API_URL"
        value = "https://api.dev.example.com"
      }
      env {
        name  = "APP_AUTH_URL"
        value = "https://api.dev.example.com"
      }
      env {
        name  = "APP_CLIENT_URL"
        value = "https://app.dev.example.com"
      }
      env {
        name  = "APP_DOMAIN"
        value = "dev.example.com"
      }
      env {
        name  = "APP_ENV"
        value = "dev"
      }
      env {
        name  = "APP_LOG_FORMAT"
        value = "pretty"
      }
      env {
        name  = "APP_LOG_LEVEL"
        value = "Debug"
      }
      env {
        name  = "APP_MCP_URL"
        value = "https://beep-mcp-100000000001.us-central1.run.app"
      }
      env {
        name  = "APP_NAME"
        value = "beep"
      }
      env {
        name = "AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "AWS_REGION"
        value = "us-east-1"
      }
      env {
        name = "AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "BETTER_AUTH_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-better-auth-secret"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "CLOUD_AWS_REGION"
        value = "us-east-1"
      }
      env {
        name  = "CLOUD_AWS_S3_BUCKET_NAME"
        value = "beep-dev-example"
      }
      env {
        name = "CLOUD_AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_DATABASE"
        value = "beep"
      }
      env {
        name  = "DB_PG_HOST"
        value = "postgres.dev.beep.internal"
      }
      env {
        name = "DB_PG_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-password"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_PORT"
        value = "5432"
      }
      env {
        name  = "DB_PG_SSL"
        value = "true"
      }
      env {
        name = "DB_PG_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-url"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_USER"
        value = "beep_app"
      }
      env {
        name = "KV_REDIS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-password"
            version = "1"
          }
        }
      }
      env {
        name  = "KV_REDIS_PORT"
        value = "6379"
      }
      env {
        name = "KV_REDIS_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-url"
            version = "1"
          }
        }
      }
      env {
        name = "LIVEBLOCKS_SECRET_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-liveblocks-secret-key"
            version = "1"
          }
        }
      }
      env {
        name  = "NODE_ENV"
        value = "production"
      }
      env {
        name  = "NODE_EXTRA_CA_CERTS"
        value = "/etc/beep/postgres/server-ca.pem"
      }
      env {
        name  = "OAUTH_PROVIDER_NAMES"
        value = "github"
      }
      env {
        name  = "OTLP_LOG_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/logs"
      }
      env {
        name  = "OTLP_METRIC_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/metrics"
      }
      env {
        name  = "OTLP_TRACE_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/traces"
      }
      env {
        name  = "SECURITY_TRUSTED_ORIGINS"
        value = "https://app.dev.example.com,https://todox.dev.example.com,https://preview.dev.example.com"
      }

      ports {
        container_port = 3000
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/"
          port = 3000
        }
      }

      volume_mounts {
        mount_path = "/etc/beep/postgres"
        name       = "secret-file"
      }
    }

    scaling {
      max_instance_count = 2
    }

    volumes {
      name = "secret-file"

      secret {
        secret = "beep-db-pg-server-ca"

        items {
          mode    = 292
          path    = "server-ca.pem"
          version = "1"
        }
      }
    }

    vpc_access {
      connector = "projects/beep-dev-example/locations/us-central1/connectors/beep-dev"
      egress    = "PRIVATE_RANGES_ONLY"
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# dev-services/cloud-run/beep-web
resource "google_cloud_run_v2_service" "cloud_run_beep_web" {
  deletion_protection  = false
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-web"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 80
    service_account                  = "beep-web@beep-dev-example.iam.gserviceaccount.com"
    timeout                          = "60s"

    containers {
      image = var.image_web
      name  = "app"

      env {
        name = "ALCHEMY_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-alchemy-password"
            version = "1"
          }
        }
      }
      env {
        name  = "APP_ADMIN_USER_IDS"
        value = "user__00000000-0000-4000-8000-000000000001"
      }
      env {
        name  = "APP_API_HOST"
        value = "api.dev.example.com"
      }
      env {
        name  = "APP_API_PORT"
        value = "8080"
      }
      env {
        name  = "APP_API_URL"
        value = "https://api.dev.example.com"
      }
      env {
        name  = "APP_AUTH_URL"
        value = "https://api.dev.example.com"
      }
      env {
        name  = "APP_CLIENT_URL"
        value = "https://app.dev.example.com"
      }
      env {
        name  = "APP_DOMAIN"
        value = "dev.example.com"
      }
      env {
        name  = "APP_ENV"
        value = "dev"
      }
      env {
        name  = "APP_LOG_FORMAT"
        value = "pretty"
      }
      env {
        name  = "APP_LOG_LEVEL"
        value = "Debug"
      }
      env {
        name  = "APP_MCP_URL"
        value = "https://beep-mcp-100000000001.us-central1.run.app"
      }
      env {
        name  = "APP_NAME"
        value = "beep"
      }
      env {
        name = "AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "AWS_REGION"
        value = "us-east-1"
      }
      env {
        name = "AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "BETTER_AUTH_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-better-auth-secret"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "CLOUD_AWS_REGION"
        value = "us-east-1"
      }
      env {
        name  = "CLOUD_AWS_S3_BUCKET_NAME"
        value = "beep-dev-example"
      }
      env {
        name = "CLOUD_AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_DATABASE"
        value = "beep"
      }
      env {
        name  = "DB_PG_HOST"
        value = "postgres.dev.beep.internal"
      }
      env {
        name = "DB_PG_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-password"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_PORT"
        value = "5432"
      }
      env {
        name  = "DB_PG_SSL"
        value = "true"
      }
      env {
        name = "DB_PG_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-url"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_USER"
        value = "beep_app"
      }
      env {
        name = "KV_REDIS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-password"
            version = "1"
          }
        }
      }
      env {
        name  = "KV_REDIS_PORT"
        value = "6379"
      }
      env {
        name = "KV_REDIS_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-url"
            version = "1"
          }
        }
      }
      env {
        name  = "NODE_ENV"
        value = "production"
      }
      env {
        name  = "NODE_EXTRA_CA_CERTS"
        value = "/etc/beep/postgres/server-ca.pem"
      }
      env {
        name  = "OAUTH_PROVIDER_NAMES"
        value = "github"
      }
      env {
        name  = "OTLP_LOG_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/logs"
      }
      env {
        name  = "OTLP_METRIC_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/metrics"
      }
      env {
        name  = "OTLP_TRACE_EXPORTER_URL"
        value = "https://otlp.dev.example.com/v1/traces"
      }
      env {
        name  = "SECURITY_TRUSTED_ORIGINS"
        value = "https://app.dev.example.com,https://todox.dev.example.com,https://preview.dev.example.com"
      }

      ports {
        container_port = 3000
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/"
          port = 3000
        }
      }

      volume_mounts {
        mount_path = "/etc/beep/postgres"
        name       = "secret-file"
      }
    }

    scaling {
      max_instance_count = 2
    }

    volumes {
      name = "secret-file"

      secret {
        secret = "beep-db-pg-server-ca"

        items {
          mode    = 292
          path    = "server-ca.pem"
          version = "1"
        }
      }
    }

    vpc_access {
      connector = "projects/beep-dev-example/locations/us-central1/connectors/beep-dev"
      egress    = "PRIVATE_RANGES_ONLY"
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# dev-services/edge/api
resource "google_cloud_run_domain_mapping" "edge_api" {
  location = "us-central1"
  name     = "api.dev.example.com"

  metadata {
    namespace = "beep-dev-example"
  }

  spec {
    certificate_mode = "AUTOMATIC"
    route_name       = google_cloud_run_v2_service.cloud_run_beep_api.name
  }
}

# dev-services/edge/api-host
resource "google_dns_record_set" "edge_api_host" {
  managed_zone = "beep-dev-public"
  name         = "api.dev.example.com."
  rrdatas      = ["ghs.googlehosted.com."]
  ttl          = 300
  type         = "CNAME"
}

# dev-services/edge/todox
resource "google_cloud_run_domain_mapping" "edge_todox" {
  location = "us-central1"
  name     = "todox.dev.example.com"

  metadata {
    namespace = "beep-dev-example"
  }

  spec {
    certificate_mode = "AUTOMATIC"
    route_name       = google_cloud_run_v2_service.cloud_run_beep_todox.name
  }
}

# dev-services/edge/todox-host
resource "google_dns_record_set" "edge_todox_host" {
  managed_zone = "beep-dev-public"
  name         = "todox.dev.example.com."
  rrdatas      = ["ghs.googlehosted.com."]
  ttl          = 300
  type         = "CNAME"
}

# dev-services/edge/web
resource "google_cloud_run_domain_mapping" "edge_web" {
  location = "us-central1"
  name     = "app.dev.example.com"

  metadata {
    namespace = "beep-dev-example"
  }

  spec {
    certificate_mode = "AUTOMATIC"
    route_name       = google_cloud_run_v2_service.cloud_run_beep_web.name
  }
}

# dev-services/edge/web-host
resource "google_dns_record_set" "edge_web_host" {
  managed_zone = "beep-dev-public"
  name         = "app.dev.example.com."
  rrdatas      = ["ghs.googlehosted.com."]
  ttl          = 300
  type         = "CNAME"
}

output "api_latest_created_revision" {
  description = "The newest revision of beep-api, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_api.latest_created_revision
}

output "api_url" {
  description = "Google's own address of beep-api"
  value       = google_cloud_run_v2_service.cloud_run_beep_api.uri
}

output "limits" {
  description = "What this environment cannot do"
  value = [
    "domain mappings are a preview at Google, with added latency: not for production",
    "whoever applies must be a verified owner of dev.example.com in Search Console",
    "no Cloud Armor, CDN, candidate hosts, or API paths on the web hosts; TLS 1.0 stays on",
    "pages call the API's own host, which their content security policy must allow",
    "a certificate is issued only after the host's CNAME is there; allow up to a day",
    "the MCP server answers 403 to whoever sends no Google ID token: see docs/mcp.md",
    "Postgres is one machine: a restore loses up to 24 hours, and a failed zone takes it down",
  ]
}

output "mcp_latest_created_revision" {
  description = "The newest revision of beep-mcp, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_mcp.latest_created_revision
}

output "mcp_url" {
  description = "Google's own address of beep-mcp"
  value       = google_cloud_run_v2_service.cloud_run_beep_mcp.uri
}

output "todox_build_arguments" {
  description = "What the image of beep-todox must be built with"
  value = {
    NEXT_PUBLIC_API_URL                  = "https://api.dev.example.com"
    NEXT_PUBLIC_APP_DOMAIN               = "dev.example.com"
    NEXT_PUBLIC_APP_NAME                 = "beep"
    NEXT_PUBLIC_APP_URL                  = "https://todox.dev.example.com"
    NEXT_PUBLIC_AUTH_PATH                = "/api/v1/auth"
    NEXT_PUBLIC_AUTH_PROVIDER_NAMES      = "github"
    NEXT_PUBLIC_AUTH_URL                 = "https://api.dev.example.com"
    NEXT_PUBLIC_CAPTCHA_SITE_KEY         = ""
    NEXT_PUBLIC_ENABLE_GEO_TRACKING      = "false"
    NEXT_PUBLIC_ENV                      = "dev"
    NEXT_PUBLIC_GOOGLE_CLIENT_ID         = ""
    NEXT_PUBLIC_LOG_FORMAT               = "pretty"
    NEXT_PUBLIC_LOG_LEVEL                = "Debug"
    NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL    = "https://otlp.dev.example.com/v1/logs"
    NEXT_PUBLIC_OTLP_METRIC_EXPORTER_URL = "https://otlp.dev.example.com/v1/metrics"
    NEXT_PUBLIC_OTLP_TRACE_EXPORTER_URL  = "https://otlp.dev.example.com/v1/traces"
    NEXT_PUBLIC_STATIC_URL               = "https://todox.dev.example.com"
  }
}

output "todox_latest_created_revision" {
  description = "The newest revision of beep-todox, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_todox.latest_created_revision
}

output "todox_url" {
  description = "Google's own address of beep-todox"
  value       = google_cloud_run_v2_service.cloud_run_beep_todox.uri
}

output "web_build_arguments" {
  description = "What the image of beep-web must be built with"
  value = {
    NEXT_PUBLIC_API_URL                  = "https://api.dev.example.com"
    NEXT_PUBLIC_APP_DOMAIN               = "dev.example.com"
    NEXT_PUBLIC_APP_NAME                 = "beep"
    NEXT_PUBLIC_APP_URL                  = "https://app.dev.example.com"
    NEXT_PUBLIC_AUTH_PATH                = "/api/v1/auth"
    NEXT_PUBLIC_AUTH_PROVIDER_NAMES      = "github"
    NEXT_PUBLIC_AUTH_URL                 = "https://api.dev.example.com"
    NEXT_PUBLIC_CAPTCHA_SITE_KEY         = ""
    NEXT_PUBLIC_ENABLE_GEO_TRACKING      = "false"
    NEXT_PUBLIC_ENV                      = "dev"
    NEXT_PUBLIC_GOOGLE_CLIENT_ID         = ""
    NEXT_PUBLIC_LOG_FORMAT               = "pretty"
    NEXT_PUBLIC_LOG_LEVEL                = "Debug"
    NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL    = "https://otlp.dev.example.com/v1/logs"
    NEXT_PUBLIC_OTLP_METRIC_EXPORTER_URL = "https://otlp.dev.example.com/v1/metrics"
    NEXT_PUBLIC_OTLP_TRACE_EXPORTER_URL  = "https://otlp.dev.example.com/v1/traces"
    NEXT_PUBLIC_STATIC_URL               = "https://app.dev.example.com"
  }
}

output "web_latest_created_revision" {
  description = "The newest revision of beep-web, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_web.latest_created_revision
}

output "web_url" {
  description = "Google's own address of beep-web"
  value       = google_cloud_run_v2_service.cloud_run_beep_web.uri
}
