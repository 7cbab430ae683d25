module github.com/databricks/terraform-provider-databricks/shim

go 1.26.0
