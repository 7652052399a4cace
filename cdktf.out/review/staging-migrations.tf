# Stack staging-migrations, for review. Terraform reads stacks/staging-migrations/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "staging/migrations"
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
    "cost-center" = "beep-staging"
    environment   = "staging"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-staging-example"
  region  = "us-central1"
}

variable "image_auth_proxy" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_auth_proxy))
    error_message = "image_auth_proxy must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_db_bootstrap" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_db_bootstrap))
    error_message = "image_db_bootstrap must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_migrations" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_migrations))
    error_message = "image_migrations must end in @sha256: and 64 hexadecimal digits."
  }
}

# staging-migrations/cloud-run/beep-db-bootstrap
resource "google_cloud_run_v2_job" "cloud_run_beep_db_bootstrap" {
  deletion_protection = false
  launch_stage        = "GA"
  location            = "us-central1"
  name                = "beep-db-bootstrap"

  template {
    parallelism = 1
    task_count  = 1

    template {
      execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
      max_retries           = 0
      service_account       = "beep-db-bootstrap@beep-staging-example.iam.gserviceaccount.com"
      timeout               = "300s"

      containers {
        args = [
          <<-EOT
            status=0
            psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction <<'SQL' || status=$?
            \getenv app_password APP_PASSWORD
            CREATE EXTENSION IF NOT EXISTS vector;
            SELECT 'CREATE ROLE beep_app LOGIN NOINHERIT'
              WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'beep_app') \gexec
            SELECT 'CREATE ROLE beep_app_b LOGIN'
              WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'beep_app_b') \gexec
            GRANT beep_app TO beep_app_b;
            ALTER ROLE beep_app PASSWORD :'app_password';
            ALTER ROLE beep_app SET statement_timeout = '60s';
            ALTER ROLE beep_app SET idle_in_transaction_session_timeout = '60s';
            ALTER ROLE beep_app_b SET statement_timeout = '60s';
            ALTER ROLE beep_app_b SET idle_in_transaction_session_timeout = '60s';
            GRANT CONNECT, TEMPORARY ON DATABASE beep TO beep_app;
            GRANT USAGE ON SCHEMA public TO beep_app;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO beep_app;
            GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO beep_app;
            ALTER DEFAULT PRIVILEGES FOR ROLE beep_owner IN SCHEMA public
              GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO beep_app;
            ALTER DEFAULT PRIVILEGES FOR ROLE beep_owner IN SCHEMA public
              GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO beep_app;
            SELECT 'CREATE ROLE beep_readonly'
              WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'beep_readonly') \gexec
            GRANT CONNECT ON DATABASE beep TO beep_readonly;
            GRANT USAGE ON SCHEMA public TO beep_readonly;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO beep_readonly;
            ALTER DEFAULT PRIVILEGES FOR ROLE beep_owner IN SCHEMA public
              GRANT SELECT ON TABLES TO beep_readonly;
            GRANT beep_readonly TO "database-readers@example.com";
            \getenv end_other_login END_OTHER_LOGIN
            \if :{?end_other_login}
            DO 'BEGIN
              IF EXISTS (SELECT FROM pg_stat_activity WHERE usename = ''beep_app_b'') THEN
                RAISE EXCEPTION ''beep_app_b is still connected; roll out the services, and repeat this'';
              END IF;
            END';
            ALTER ROLE beep_app_b PASSWORD NULL;
            \endif
            SQL
            wget -q -O - --post-data= http://127.0.0.1:9091/quitquitquit || true
            exit $status
          EOT
        ]
        command    = ["/bin/sh", "-ec"]
        depends_on = ["auth-proxy"]
        image      = var.image_db_bootstrap
        name       = "app"

        env {
          name = "APP_PASSWORD"

          value_source {
            secret_key_ref {
              secret  = "beep-db-pg-password"
              version = "1"
            }
          }
        }
        env {
          name  = "PGDATABASE"
          value = "beep"
        }
        env {
          name  = "PGHOST"
          value = "127.0.0.1"
        }
        env {
          name = "PGPASSWORD"

          value_source {
            secret_key_ref {
              secret  = "beep-db-pg-owner-password"
              version = "1"
            }
          }
        }
        env {
          name  = "PGPORT"
          value = "5432"
        }
        env {
          name  = "PGUSER"
          value = "beep_owner"
        }

        resources {
          limits = {
            cpu    = "1"
            memory = "512Mi"
          }
        }
      }
      containers {
        args = [
          "--private-ip",
          "--address=127.0.0.1",
          "--port=5432",
          "--structured-logs",
          "--exit-zero-on-sigterm",
          "--health-check",
          "--http-address=0.0.0.0",
          "--http-port=9090",
          "--quitquitquit",
          "--admin-port=9091",
          "beep-staging-example:us-central1:beep-staging",
        ]
        image = var.image_auth_proxy
        name  = "auth-proxy"

        resources {
          limits = {
            cpu    = "1"
            memory = "512Mi"
          }
        }

        startup_probe {
          failure_threshold     = 30
          initial_delay_seconds = 0
          period_seconds        = 2
          timeout_seconds       = 2

          http_get {
            path = "/startup"
            port = 9090
          }
        }
      }

      vpc_access {
        egress = "ALL_TRAFFIC"

        network_interfaces {
          network    = "beep-staging"
          subnetwork = "beep-staging"
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version]
  }
}

# staging-migrations/cloud-run/beep-migrate
resource "google_cloud_run_v2_job" "cloud_run_beep_migrate" {
  deletion_protection = false
  launch_stage        = "GA"
  location            = "us-central1"
  name                = "beep-migrate"

  template {
    parallelism = 1
    task_count  = 1

    template {
      execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
      max_retries           = 0
      service_account       = "beep-migrate@beep-staging-example.iam.gserviceaccount.com"
      timeout               = "900s"

      containers {
        args = [
          <<-EOT
            status=0
            bun run --cwd packages/_internal/db-admin db:migrate || status=$?
            bun -e 'await fetch("http://127.0.0.1:9091/quitquitquit", { method: "POST" })' || true
            exit $status
          EOT
        ]
        command    = ["/bin/sh", "-ec"]
        depends_on = ["auth-proxy"]
        image      = var.image_migrations
        name       = "app"

        env {
          name = "DB_PG_URL"

          value_source {
            secret_key_ref {
              secret  = "beep-db-pg-owner-url"
              version = "1"
            }
          }
        }
        env {
          name  = "NODE_ENV"
          value = "production"
        }

        resources {
          limits = {
            cpu    = "1"
            memory = "1024Mi"
          }
        }
      }
      containers {
        args = [
          "--private-ip",
          "--address=127.0.0.1",
          "--port=5432",
          "--structured-logs",
          "--exit-zero-on-sigterm",
          "--health-check",
          "--http-address=0.0.0.0",
          "--http-port=9090",
          "--quitquitquit",
          "--admin-port=9091",
          "beep-staging-example:us-central1:beep-staging",
        ]
        image = var.image_auth_proxy
        name  = "auth-proxy"

        resources {
          limits = {
            cpu    = "1"
            memory = "512Mi"
          }
        }

        startup_probe {
          failure_threshold     = 30
          initial_delay_seconds = 0
          period_seconds        = 2
          timeout_seconds       = 2

          http_get {
            path = "/startup"
            port = 9090
          }
        }
      }

      vpc_access {
        egress = "ALL_TRAFFIC"

        network_interfaces {
          network    = "beep-staging"
          subnetwork = "beep-staging"
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version]
  }
}
