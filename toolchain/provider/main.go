// Command pulumi-resource-databricks is the Databricks provider plugin of the Pulumi engine, built from the released
// Terraform provider for networks that reach the Go module proxy but not the plugin download site.
//
//	pulumi-resource-databricks generate --out DIR   writes schema.json and bridge-metadata.json
//	pulumi-resource-databricks ADDRESS              serves the engine; reads both files beside the executable
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/databricks/terraform-provider-databricks/shim"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	pftfgen "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// version is set by the linker; the engine refuses a plugin that reports an empty one.
var version string

func provider(ctx context.Context, metadata []byte) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:                pfbridge.MuxShimWithPF(ctx, shimv2.NewProvider(shim.SDKv2()), shim.PluginFramework()),
		Name:             "databricks",
		Version:          version,
		UpstreamRepoPath: ".",
		MetadataInfo:     tfbridge.NewProviderMetadata(metadata),
		IgnoreMappings: []string{
			"databricks_aws_s3_mount",
			"databricks_azure_adls_gen1_mount",
			"databricks_azure_adls_gen2_mount",
			"databricks_azure_blob_mount",
			"databricks_cluster_pluginframework",
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"databricks_provider": {Tok: "databricks:index/metastoreProvider:MetastoreProvider"},
			"databricks_quality_monitor": {
				Fields:    map[string]*tfbridge.SchemaInfo{"id": {Name: "monitorId"}},
				ComputeID: tfbridge.DelegateIDField("monitorId", "databricks", ""),
			},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("databricks_", "index", tokens.MakeStandard("databricks")))
	info.SetAutonaming(255, "-")
	return info
}

func beside(name string) []byte {
	executable, err := os.Executable()
	if err != nil {
		fail("cannot find the plugin's own path: %v", err)
	}
	path := filepath.Join(filepath.Dir(executable), name)
	content, err := os.ReadFile(path)
	if err != nil {
		fail("cannot read %s: %v; run the toolchain installation again", path, err)
	}
	return content
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "pulumi-resource-databricks: "+format+"\n", arguments...)
	os.Exit(1)
}

func main() {
	ctx := context.Background()
	if len(os.Args) == 4 && os.Args[1] == "generate" && os.Args[2] == "--out" {
		os.Args = []string{os.Args[0], "schema", "--skip-docs", "--out", os.Args[3]}
		pftfgen.MainWithMuxer("databricks", provider(ctx, []byte("{}")))
		return
	}
	pfbridge.MainWithMuxer(ctx, "databricks", provider(ctx, beside("bridge-metadata.json")), beside("schema.json"))
}
