using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;
using OrleansSgd.Testing;

namespace OrleansSgd.Storage.Tests.Layout;

/// <summary>Goal: a manifest is read as it was written or not at all. Method: every cut, every flipped bit, and noise.</summary>
public class ManifestTextTests
{
    private static readonly CheckpointManifest Sample = Checkpoints.Manifest(
        new(Checkpoints.Job, 3, "t"), 7, new CheckpointPart("000007-shard-0", StoreNames.PartPath(3, "000007-shard-0", 0x9F3A11C0), 12, 0x9F3A11C0));

    [Fact]
    public void It_is_read_as_it_was_written_and_people_can_read_it()
    {
        byte[] bytes = ManifestText.Write(Sample);

        (CheckpointManifest? manifest, string? mistake) = ManifestText.Read(bytes, Checkpoints.Job);

        Assert.Null(mistake);
        Assert.Equal(Sample.Parts, manifest!.Parts);
        Assert.Equal(Sample with { Parts = [] }, manifest with { Parts = [] });
        string text = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.StartsWith("orleanssgd-checkpoint 1 ", text, StringComparison.Ordinal);
        Assert.Contains("größer", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_is_a_mistake()
    {
        byte[] bytes = ManifestText.Write(Sample);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.NotNull(ManifestText.Read(bytes.AsSpan(0, length), Checkpoints.Job).Mistake);
        }

        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(ManifestText.Read(bytes, Checkpoints.Job).Mistake);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Null(ManifestText.Read(bytes, Checkpoints.Job).Mistake);
    }

    [Fact]
    public void Damaged_bytes_never_do_worse_than_a_mistake() => DecoderTrial.Run(
        [ManifestText.Write(Sample)],
        _ => { },
        bytes => _ = ManifestText.Read(bytes, Checkpoints.Job).Mistake is { } mistake ? throw new InvalidDataException(mistake) : 0,
        seed: 21);

    [Theory]
    [InlineData("parts/0000000003/a~9F3A11C0", 3L)]
    [InlineData("parts/0000000003/a~b~9F3A11C0", null)]
    [InlineData("parts/3/a~9F3A11C0", null)]
    [InlineData("parts/0000000003/a", null)]
    [InlineData("parts/0000000003/../a~9F3A11C0", null)]
    [InlineData("parts/0000000003/..~9F3A11C0", null)]
    [InlineData("../parts/a~9F3A11C0", null)]
    [InlineData("", null)]
    public void Only_paths_that_a_store_makes_are_paths_of_parts(string path, long? generation) =>
        Assert.Equal(generation, StoreNames.GenerationOfPart(path));

    [Theory]
    [InlineData("digits", "digits")]
    [InlineData("..", "%2E.")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("ö", "%C3%B6")]
    public void A_job_s_segment_is_safe_and_leads_back(string job, string segment)
    {
        Assert.Equal(segment, StoreNames.SegmentOf(job));
        Assert.Equal(job, StoreNames.JobOf(segment));
        Assert.Null(StoreNames.JobOf("%" + segment));
    }
}
