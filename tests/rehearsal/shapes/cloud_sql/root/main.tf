# Cloud SQL for Postgres with a private address, in a network from a module beside this folder.

terraform {
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-project"
  region  = var.region
}

variable "region" {
  default = "europe-west4"
}

variable "database_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

module "network" {
  source = "../modules/network"

  name      = "data"
  region    = var.region
  cidr      = "10.40.0.0/20"
  consumers = { sql = 20 }
}

resource "google_sql_database_instance" "main" {
  name                = "main"
  database_version    = "POSTGRES_16"
  deletion_protection = true

  settings {
    tier              = "db-custom-2-7680"
    edition           = "ENTERPRISE"
    availability_type = "REGIONAL"
    disk_autoresize   = true

    ip_configuration {
      ipv4_enabled    = false
      private_network = module.network.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
    }

    dynamic "database_flags" {
      for_each = jsondecode(file("${path.root}/../flags.json"))
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [settings[0].disk_size]
  }

  depends_on = [module.network]
}

resource "google_sql_database" "app" {
  name     = "app"
  instance = google_sql_database_instance.main.name
}

resource "google_sql_user" "app" {
  name                = "app"
  instance            = google_sql_database_instance.main.name
  password_wo         = var.database_password
  password_wo_version = 1
}

output "connection_name" {
  value = google_sql_database_instance.main.connection_name
}
