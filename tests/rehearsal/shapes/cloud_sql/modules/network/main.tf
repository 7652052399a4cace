terraform {
  required_providers {
    google = { source = "hashicorp/google" }
  }
}

variable "name" { type = string }
variable "region" { type = string }
variable "cidr" { type = string }

variable "consumers" {
  description = "Length of the prefix that is reserved for each."
  type        = map(number)
}

resource "google_compute_network" "this" {
  name                    = var.name
  auto_create_subnetworks = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_compute_subnetwork" "this" {
  name          = var.name
  region        = var.region
  network       = google_compute_network.this.id
  ip_cidr_range = var.cidr
}

resource "google_compute_global_address" "peering" {
  for_each      = var.consumers
  name          = "${var.name}-${each.key}"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = each.value
  network       = google_compute_network.this.id
}

resource "google_service_networking_connection" "this" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [for address in google_compute_global_address.peering : address.name]
}

output "id" {
  value = google_service_networking_connection.this.network
}
