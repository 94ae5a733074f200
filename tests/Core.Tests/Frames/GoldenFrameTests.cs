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
        Assert.Equal([0, 1, 2], Enum.GetValues<PayloadKind>().Select(kind => (int)kind));
        Assert.Equal(["None", "Dense", "Sparse"], Enum.GetNames<PayloadKind>());
    }
}
