using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Frames;

public class ViewFrameTests
{
    private static readonly Arbitrary<(ViewHeader Header, long[] Exceptions)> Views =
        (from kind in Gen.Elements(PayloadKind.None, PayloadKind.Dense, PayloadKind.Sparse)
         from length in Gen.Choose(1, 50)
         from sparseCount in Gen.Choose(1, length)
         from numbers in Gen.Choose(0, int.MaxValue).ArrayOf(5)
         from outcome in Gen.Choose(0, 255)
         from steps in Gen.Choose(1, 1000).ArrayOf()
         let count = kind switch { PayloadKind.None => 0, PayloadKind.Dense => length, _ => sparseCount }
         let header = new ViewHeader
         {
             Kind = kind,
             Outcome = (byte)outcome,
             Shard = numbers[0],
             ShardIncarnation = numbers[1],
             Version = numbers[2] * 3L,
             Delay = numbers[3] - 1L,
             TicketWatermark = numbers[4] - 1L,
             ExceptionCount = steps.Length,
             Length = length,
             EntryCount = count,
             PayloadSize = FramePayload.SizeOf(kind, count, length),
         }
         select (header, Above(header.TicketWatermark, steps))).ToArbitrary();

    [Fact]
    public void View_read_is_the_view_written() =>
        Prop.ForAll(Views, view =>
        {
            byte[] payload = [.. Enumerable.Range(0, view.Header.PayloadSize).Select(i => (byte)i)];
            byte[] frame = SampleFrames.View(view.Header, view.Exceptions, payload);

            ViewHeader header = ViewFrame.ReadHeader(frame);

            Assert.Equal(view.Header, header);
            Assert.Equal(view.Exceptions, ViewFrame.ExceptionTickets(frame, header).ToArray());
            Assert.Equal(view.Exceptions.Length * sizeof(long), ViewFrame.Exceptions(frame, header).Length);
            Assert.Equal(payload, ViewFrame.Payload(frame, header).ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_flipped_bit_of_the_header_is_noticed()
    {
        for (int bit = 0; bit < ViewFrame.HeaderSize * 8; bit++)
        {
            byte[] frame = SampleFrames.SparseViewFrame();
            frame[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Throws<InvalidDataException>(() => ViewFrame.ReadHeader(frame));
        }
    }

    [Theory]
    [InlineData(new long[] { 599, 605 }, "exception 0 at byte 64 is ticket 599, which is not above the watermark, 599")]
    [InlineData(new long[] { 605, 605 }, "exception 1 at byte 72 is ticket 605, which is not above the one before, 605")]
    public void Exceptions_out_of_order_are_refused(long[] exceptions, string expected)
    {
        byte[] frame = SampleFrames.View(SampleFrames.SparseView, exceptions, SampleFrames.Sparse([0, 9], [1, 2]));
        ViewHeader header = ViewFrame.ReadHeader(frame);

        var error = Assert.Throws<InvalidDataException>(() => ViewFrame.Exceptions(frame, header));

        Assert.Equal($"View frame: {expected}.", error.Message);
    }

    [Theory]
    [InlineData(24, 8, "delay")]
    [InlineData(32, 8, "ticketWatermark")]
    [InlineData(40, 4, "exceptionCount")]
    public void Field_below_its_least_is_refused(int offset, int size, string field)
    {
        byte[] frame = SampleFrames.SparseViewFrame();
        frame[offset + size - 1] |= 0x80;

        var error = Assert.Throws<InvalidDataException>(() => ViewFrame.ReadHeader(SampleFrames.Resealed(frame, ViewFrame.HeaderSize)));

        Assert.StartsWith($"View frame: {field} at byte {offset} is ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PayloadKind.Levels)]
    [InlineData(PayloadKind.Signs)]
    [InlineData(PayloadKind.DenseBfloat16)]
    [InlineData(PayloadKind.SparseBfloat16)]
    public void Rounded_values_are_no_view(PayloadKind kind)
    {
        byte[] frame = SampleFrames.SparseViewFrame();
        frame[6] = (byte)kind;

        var error = Assert.Throws<InvalidDataException>(() => ViewFrame.ReadHeader(SampleFrames.Resealed(frame, ViewFrame.HeaderSize)));

        Assert.Equal($"View frame: kind at byte 6 is {(int)kind}; a view carries none, dense or sparse values.", error.Message);
    }

    [Fact]
    public void Exception_count_beyond_the_frame_is_refused()
    {
        byte[] frame = SampleFrames.SparseViewFrame();
        frame[40] = 3;

        var error = Assert.Throws<InvalidDataException>(() => ViewFrame.ReadHeader(SampleFrames.Resealed(frame, ViewFrame.HeaderSize)));

        Assert.Equal("View frame has 96 bytes, but 3 exceptions and a payload of 16 bytes make 104; it was cut short.", error.Message);
    }

    [Fact]
    public void Decoder_survives_noise_and_mutated_frames() =>
        DecoderTrial.Run(
            [SampleFrames.SparseViewFrame(), SampleFrames.DenseViewFrame()],
            frame => SampleFrames.Resealed(frame, ViewFrame.HeaderSize),
            Decode,
            seed: 20_303);

    private static void Decode(byte[] frame)
    {
        ViewHeader header = ViewFrame.ReadHeader(frame);
        _ = ViewFrame.Exceptions(frame, header);
        ReadOnlySpan<byte> payload = ViewFrame.Payload(frame, header);
        FramePayload.Validate(header.Kind, payload, header.EntryCount, header.Length);
        if (header.Length <= 1000)
        {
            FramePayload.CopyTo(new float[header.Length], header.Kind, payload, header.EntryCount);
        }
    }

    private static long[] Above(long watermark, int[] steps)
    {
        long[] tickets = new long[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            watermark += steps[i];
            tickets[i] = watermark;
        }

        return tickets;
    }
}
