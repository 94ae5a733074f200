using OrleansSgd.Core.Frames;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Frames;

/// <summary>Goal: old bytes stay readable. Method: the hex blocks of the page are what is written, and what is read.</summary>
public class GoldenFrameTests
{
    private const string Page = "docs/wire-format.md";

    [Fact]
    public void Dense_push_has_its_golden_bytes()
    {
        byte[] golden = Golden.Read(Page, "push-dense");

        Golden.AssertEqual(golden, SampleFrames.DensePushFrame(), "push-dense");
        Assert.Equal(SampleFrames.DensePush, PushFrame.ReadHeader(golden));
    }

    [Fact]
    public void Sparse_push_has_its_golden_bytes()
    {
        byte[] golden = Golden.Read(Page, "push-sparse");

        Golden.AssertEqual(golden, SampleFrames.SparsePushFrame(), "push-sparse");
        Assert.Equal(SampleFrames.SparsePush, PushFrame.ReadHeader(golden));
    }

    [Fact]
    public void Pushes_of_rounded_values_have_their_golden_bytes()
    {
        (string Name, byte[] Actual, PushHeader Header)[] samples =
        [
            ("push-dense-bfloat16", SampleFrames.DenseBfloat16PushFrame(), SampleFrames.DenseBfloat16Push),
            ("push-sparse-bfloat16", SampleFrames.SparseBfloat16PushFrame(), SampleFrames.SparseBfloat16Push),
            ("push-levels", SampleFrames.LevelsPushFrame(), SampleFrames.LevelsPush),
            ("push-signs", SampleFrames.SignsPushFrame(), SampleFrames.SignsPush),
            ("push-signs-masked", SampleFrames.MaskedSignsPushFrame(), SampleFrames.MaskedSignsPush),
            ("push-dense-scaled", SampleFrames.DenseScaledPushFrame(), SampleFrames.DenseScaledPush),
        ];
        foreach ((string name, byte[] actual, PushHeader header) in samples)
        {
            byte[] golden = Golden.Read(Page, name);

            Golden.AssertEqual(golden, actual, name);
            Assert.Equal(header, PushFrame.ReadHeader(golden));
        }
    }

    [Theory]
    [InlineData("push-levels", new[] { 0.5f, -1, 1.5f, 0, 0, -0.75f, 0.25f, 0.5f, -0.25f, 0, 0.75f })]
    [InlineData("push-signs", new[] { 0.5f, -0.5f, 0.5f, 0.25f, -0.25f, -0.25f, 0.25f, 0.25f, -0.25f, 0.25f, -0.25f })]
    [InlineData("push-signs-masked", new[] { 0.5f, -2, 0, 0.25f, 0, -1.5f, 0, 0.25f, -1.5f, 0.25f, 0 })]
    public void Golden_bytes_of_buckets_mean_what_the_page_says(string name, float[] values)
    {
        byte[] golden = Golden.Read(Page, name);
        PushHeader header = PushFrame.ReadHeader(golden);
        ReadOnlySpan<byte> payload = PushFrame.Payload(golden, header);
        float[] parameters = new float[11];

        FramePayload.Apply(parameters, header, payload);

        Assert.Equal(values.Select(value => 0 - value), parameters);
        Assert.Equal(header.NormSquared, FramePayload.NormSquared(header.Kind, payload, header.EntryCount));
    }

    [Fact]
    public void Sparse_view_with_exceptions_has_its_golden_bytes()
    {
        byte[] golden = Golden.Read(Page, "view-sparse");

        Golden.AssertEqual(golden, SampleFrames.SparseViewFrame(), "view-sparse");
        ViewHeader header = ViewFrame.ReadHeader(golden);
        Assert.Equal(SampleFrames.SparseView, header);
        Assert.Equal(SampleFrames.Exceptions, ViewFrame.ExceptionTickets(golden, header).ToArray());
    }

    [Fact]
    public void Dense_view_has_its_golden_bytes()
    {
        byte[] golden = Golden.Read(Page, "view-dense");

        Golden.AssertEqual(golden, SampleFrames.DenseViewFrame(), "view-dense");
        Assert.Equal(SampleFrames.DenseView, ViewFrame.ReadHeader(golden));
    }

    [Fact]
    public void One_changed_byte_is_caught_by_the_golden_check()
    {
        byte[] golden = Golden.Read(Page, "push-dense");
        byte[] changed = [.. golden];
        changed[40]++;

        Exception error = Assert.ThrowsAny<Exception>(() => Golden.AssertEqual(golden, changed, "push-dense"));

        Assert.Contains("at byte 40", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Payload_kinds_keep_their_numbers()
    {
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Enum.GetValues<PayloadKind>().Select(kind => (int)kind));
        Assert.Equal(
            ["None", "Dense", "Sparse", "Levels", "Signs", "DenseBfloat16", "SparseBfloat16", "DenseScaled"], Enum.GetNames<PayloadKind>());
    }
}
