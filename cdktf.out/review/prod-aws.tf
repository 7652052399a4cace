# Stack prod-aws, for review. Terraform reads stacks/prod-aws/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "prod/aws"
  }

  required_providers {
    aws = {
      source  = "aws"
      version = "6.25.0"
    }
  }
}

provider "aws" {
  allowed_account_ids = ["123456789012"]
  region              = "us-east-1"

  default_tags {
    tags = {
      "cost-center" = "beep-prod"
      environment   = "prod"
      "managed-by"  = "terraform"
      team          = "platform"
    }
  }
}

# prod-aws/storage/bucket
resource "aws_s3_bucket" "storage_bucket" {
  bucket = "beep-prod-example"

  lifecycle {
    prevent_destroy = true
  }
}

# prod-aws/storage/bucket-policy
resource "aws_s3_bucket_policy" "storage_bucket_policy" {
  bucket = aws_s3_bucket.storage_bucket.bucket
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "DenyWithoutTls",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "s3:*",
          "Resource": [
            "arn:aws:s3:::beep-prod-example",
            "arn:aws:s3:::beep-prod-example/*"
          ],
          "Condition": {
            "Bool": {
              "aws:SecureTransport": "false"
            }
          }
        }
      ]
    }
  EOT
}

# prod-aws/storage/cors
resource "aws_s3_bucket_cors_configuration" "storage_cors" {
  bucket = aws_s3_bucket.storage_bucket.bucket

  cors_rule {
    allowed_headers = ["Content-MD5", "Content-Type", "x-amz-*"]
    allowed_methods = ["GET", "HEAD", "PUT"]
    allowed_origins = [
      "https://app.example.com",
      "https://todox.example.com",
      "https://www.example.com",
    ]
    expose_headers  = ["ETag"]
    max_age_seconds = 3600
  }
}

# prod-aws/storage/encryption
resource "aws_s3_bucket_server_side_encryption_configuration" "storage_encryption" {
  bucket = aws_s3_bucket.storage_bucket.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.storage_key.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

# prod-aws/storage/key
resource "aws_kms_key" "storage_key" {
  deletion_window_in_days = 30
  description             = "Encrypts the objects of beep-prod-example"
  enable_key_rotation     = true
  policy                  = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "IamOfThisAccount",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::123456789012:root"
          },
          "Action": "kms:*",
          "Resource": "*"
        }
      ]
    }
  EOT

  lifecycle {
    prevent_destroy = true
  }
}

# prod-aws/storage/key-alias
resource "aws_kms_alias" "storage_key_alias" {
  name          = "alias/beep-prod-storage"
  target_key_id = aws_kms_key.storage_key.key_id
}

# prod-aws/storage/object-user
resource "aws_iam_policy" "storage_object_user" {
  description = "Uses the objects of beep-prod-example"
  name        = "beep-prod-storage"
  policy      = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "UseObjects",
          "Effect": "Allow",
          "Action": [
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:PutObject"
          ],
          "Resource": [
            "arn:aws:s3:::beep-prod-example//prod/tenants/*",
            "arn:aws:s3:::beep-prod-example/prod/tenants/*"
          ]
        },
        {
          "Sid": "EncryptAndDecryptThemInS3",
          "Effect": "Allow",
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey"
          ],
          "Resource": "${aws_kms_key.storage_key.arn}",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.us-east-1.amazonaws.com"
            }
          }
        }
      ]
    }
  EOT
}

# prod-aws/storage/ownership
resource "aws_s3_bucket_ownership_controls" "storage_ownership" {
  bucket = aws_s3_bucket.storage_bucket.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# prod-aws/storage/public-access-block
resource "aws_s3_bucket_public_access_block" "storage_public_access_block" {
  block_public_acls       = true
  block_public_policy     = true
  bucket                  = aws_s3_bucket.storage_bucket.bucket
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# prod-aws/storage/retention
resource "aws_s3_bucket_lifecycle_configuration" "storage_retention" {
  bucket = aws_s3_bucket.storage_bucket.bucket

  rule {
    id     = "noncurrent-versions"
    status = "Enabled"

    expiration {
      expired_object_delete_marker = true
    }

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }
  rule {
    id     = "incomplete-uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    filter {
      prefix = ""
    }
  }

  depends_on = [aws_s3_bucket_versioning.storage_versioning]
}

# prod-aws/storage/user
resource "aws_iam_user" "storage_user" {
  name = "beep-prod-storage"
}

# prod-aws/storage/user-object-user
resource "aws_iam_user_policy_attachment" "storage_user_object_user" {
  policy_arn = aws_iam_policy.storage_object_user.arn
  user       = aws_iam_user.storage_user.name
}

# prod-aws/storage/versioning
resource "aws_s3_bucket_versioning" "storage_versioning" {
  bucket = aws_s3_bucket.storage_bucket.bucket

  versioning_configuration {
    status = "Enabled"
  }
}
