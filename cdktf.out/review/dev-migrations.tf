# Stack dev-migrations, for review. Terraform reads stacks/dev-migrations/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "dev/migrations"
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

variable "image_db_bootstrap" {
  default     = "docker.io/library/postgres:17-alpine"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

variable "image_migrations" {
  default     = "us-central1-docker.pkg.dev/beep-shared-example/beep/beep-migrations:main"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

# dev-migrations/cloud-run/beep-db-bootstrap
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
      service_account       = "beep-db-bootstrap@beep-dev-example.iam.gserviceaccount.com"
      timeout               = "300s"

      containers {
        args = [
          <<-EOT
            psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction <<'SQL'
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
          EOT
        ]
        command = ["/bin/sh", "-ec"]
        image   = var.image_db_bootstrap
        name    = "app"

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
          value = "postgres.dev.beep.internal"
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
          name  = "PGSSLMODE"
          value = "verify-full"
        }
        env {
          name  = "PGSSLROOTCERT"
          value = "/etc/beep/postgres/server-ca.pem"
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

        volume_mounts {
          mount_path = "/etc/beep/postgres"
          name       = "secret-file"
        }
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
  }

  lifecycle {
    ignore_changes = [client, client_version]
  }
}

# dev-migrations/cloud-run/beep-migrate
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
      service_account       = "beep-migrate@beep-dev-example.iam.gserviceaccount.com"
      timeout               = "900s"

      containers {
        args    = ["bun run --cwd packages/_internal/db-admin db:migrate\n"]
        command = ["/bin/sh", "-ec"]
        image   = var.image_migrations
        name    = "app"

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
        env {
          name  = "NODE_EXTRA_CA_CERTS"
          value = "/etc/beep/postgres/server-ca.pem"
        }

        resources {
          limits = {
            cpu    = "1"
            memory = "1024Mi"
          }
        }

        volume_mounts {
          mount_path = "/etc/beep/postgres"
          name       = "secret-file"
        }
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
  }

  lifecycle {
    ignore_changes = [client, client_version]
  }
}
