variable "project_id" {
  description = "Where the cluster is."
  type        = string
  default     = "example-project"
}

variable "region" {
  type    = string
  default = "europe-west1"
}

variable "cluster_name" {
  type    = string
  default = "main"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,20}$", var.cluster_name))
    error_message = "A cluster's name has small letters, digits and hyphens."
  }
}

variable "max_node_count" {
  description = "For each zone."
  type        = number
  default     = 4
}
