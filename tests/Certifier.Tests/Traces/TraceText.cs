using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>Writes a model as OTLP JSON lines, from docs/trace-format.md alone.</summary>
internal static class TraceText
{
    private const int RowsPerSpan = 7;
    private const int EntriesPerSpan = 9;

    /// <summary>The lines, one span each, chains taking turns as spans of several threads do.</summary>
    public static List<string> Lines(TraceModel model)
    {
        var chains = new List<List<string>> { Ledger(model) };
        chains.AddRange(model.Lives.Select(life => Log(model, life)));
        var lines = new List<string>
        {
            Wrap("Microsoft.AspNetCore", new JsonObject { ["name"] = "request" }),
            Wrap("OrleansSgd", new JsonObject { ["name"] = "step" }),
        };
        for (int i = 0; chains.Exists(chain => i < chain.Count); i++)
        {
            lines.AddRange(chains.Where(chain => i < chain.Count).Select(chain => chain[i]));
        }

        return lines;
    }

    /// <summary>The whole file.</summary>
    public static byte[] Bytes(TraceModel model) => Encoding.UTF8.GetBytes(string.Join('\n', Lines(model)) + "\n");

    private static List<string> Ledger(TraceModel model)
    {
        var chain = new Chain(model.Job);
        Open(model, chain.Begin("ledger.open"));
        long rows = 0;
        var waiting = new List<ModelRow>();
        foreach (object item in model.Ledger)
        {
            if (item is ModelRow row)
            {
                waiting.Add(row);
                if (waiting.Count < RowsPerSpan)
                {
                    continue;
                }
            }

            rows += Flush(chain, waiting, rows, model.Shards);
            if (item is not ModelRow)
            {
                Write(chain, item);
            }
        }

        rows += Flush(chain, waiting, rows, model.Shards);
        Span close = chain.Begin("ledger.close");
        close.Integer("tickets", model.Tickets);
        close.Integer("rows", rows);
        close.Text("outcome", model.Outcome);
        close.Known("smoothness", model.Smoothness);
        foreach ((string name, double value) in model.Figures.Where(figure => double.IsFinite(figure.Value)))
        {
            if (name == "delay_max")
            {
                close.Integer(name, (long)value);
            }
            else
            {
                close.Real(name, value);
            }
        }

        close.Known("condition", model.Condition);
        close.Known("certificate.status", model.Status);
        return chain.End();
    }

    private static void Open(TraceModel model, Span span)
    {
        span.Integer("layout", 1);
        span.Text("plan", model.Plan);
        span.Text("seed", "17");
        span.Text("mode", model.Mode);
        span.Integer("workers", model.Workers);
        span.Integer("shards", model.Shards);
        span.Integer("parameters", 3 * model.Shards);
        span.Text("form", model.IsBiased ? "biased" : "unbiased");
        span.Known("not_covered", model.NotCovered);
        span.Truth("loss_exact", true);
        span.Known("bound", model.Bound);
        span.Real("confidence", model.Confidence);
        span.Integer("window", model.Window);
    }

    private static long Flush(Chain chain, List<ModelRow> waiting, long first, int shards)
    {
        if (waiting.Count == 0)
        {
            return 0;
        }

        Span span = chain.Begin("ledger.rows");
        span.Integer("first_row", first);
        span.Integer("count", waiting.Count);
        var bytes = new Packer();
        long last = 0;
        foreach (ModelRow row in waiting)
        {
            bytes.Signed(row.Ticket - last);
            last = row.Ticket;
            Pack(bytes, row, shards);
        }

        span.Bytes("rows", bytes.ToArray());
        int count = waiting.Count;
        waiting.Clear();
        return count;
    }

    private static void Pack(Packer bytes, ModelRow row, int shards)
    {
        bytes.Unsigned(row.Flags);
        bytes.Unsigned(row.Worker);
        bytes.Unsigned(row.Incarnation);
        bytes.Unsigned(row.SlotCount);
        bytes.Unsigned(row.Ticket - row.RoundTicket);
        bytes.Unsigned(row.StepCount);
        bytes.Unsigned(row.SampleCount);
        bytes.Real(row.Rate);
        bytes.Real(row.LossSum);
        bytes.With(row.Flags & 1, row.GradientSquared, row.HalfDifferenceSquared);
        bytes.With(row.Flags & 2, row.SecantGradient, row.SecantDistance);
        bytes.With(row.Flags & 4, row.DroppedSquared);
        bytes.With(row.Flags & 8, row.HeldSquared);
        bytes.With(row.Flags & 64, row.LocalDistance);
        for (int shard = 0; shard < shards; shard++)
        {
            ModelSlice slice = row.Slices[shard];
            long watermark = slice.Watermark;
            long[] exceptions = slice.Exceptions;
            bytes.Unsigned(slice.State);
            bytes.Unsigned(slice.ViewIncarnation);
            bytes.Unsigned(slice.ViewVersion);
            bytes.Signed(row.RoundTicket - watermark);
            bytes.Unsigned(exceptions.Length);
            foreach (long exception in exceptions)
            {
                bytes.Unsigned(exception - watermark);
            }

            bytes.Real(slice.NormSquared);
            bytes.With(row.Flags & 128, slice.Projection);
            bytes.With(row.Flags & 256, slice.SubstituteSquared);
            bytes.With(row.Flags & 512, slice.ViewErrorSquared);
        }
    }

    private static void Write(Chain chain, object item)
    {
        switch (item)
        {
            case ModelCut cut:
                Span span = chain.Begin("ledger.cut");
                span.Integer("ticket", cut.Ticket);
                span.Real("loss", cut.Loss);
                span.Real("loss_error", cut.Error);
                span.Known("gradient_squared", cut.GradientSquared);
                if (cut.Projections is { } projections)
                {
                    var bytes = new Packer();
                    Array.ForEach(projections, bytes.Real);
                    span.Bytes("projections", bytes.ToArray());
                }

                return;
            case ModelAudit audit:
                span = chain.Begin("ledger.audit");
                span.Integer("ticket", audit.Ticket);
                span.Real("stale_squared", audit.StaleSquared);
                return;
            case ModelVoid none:
                span = Event(chain, "void");
                span.Integer("ticket", none.Ticket);
                return;
            case ModelSettle settle:
                span = Event(chain, "settle");
                span.Integer("ticket", settle.Ticket);
                span.Bytes("applied", [.. settle.Applied.Select(one => one ? (byte)1 : (byte)0)]);
                return;
            case ModelRetire retire:
                span = Event(chain, "retire");
                span.Integer("worker", retire.Worker);
                span.Integer("ticket", retire.Ticket);
                return;
            case ModelRestore restore:
                var set = new ModelSlice { View = restore.Settled };
                span = Event(chain, "restore");
                span.Integer("shard", restore.Shard);
                span.Integer("incarnation", restore.Incarnation);
                span.Integer("version", restore.Version);
                span.Integer("watermark", set.Watermark);
                span.Bytes("exceptions", Tickets(set.Exceptions));
                span.Bytes("lost", Tickets(restore.Lost));
                return;
            case ModelBreak broken:
                Event(chain, "break").Text("reason", broken.Reason);
                return;
            default:
                throw new ArgumentException($"The model holds a {item.GetType().Name}.", nameof(item));
        }
    }

    private static Span Event(Chain chain, string kind)
    {
        Span span = chain.Begin("ledger.event");
        span.Text("kind", kind);
        return span;
    }

    private static byte[] Tickets(long[] tickets)
    {
        var bytes = new Packer();
        long last = 0;
        foreach (long ticket in tickets)
        {
            bytes.Unsigned(ticket - last);
            last = ticket;
        }

        return bytes.ToArray();
    }

    private static List<string> Log(TraceModel model, ModelLife life)
    {
        var chain = new Chain(model.Job);
        long version = life.Version;
        int at = 0;
        do
        {
            int end = Math.Min(life.Entries.Count, at + EntriesPerSpan);
            while (end < life.Entries.Count && life.Entries[end - 1].Kind == 1)
            {
                end++;
            }

            Span span = chain.BeginUnnumbered("ledger.applied");
            span.Integer("shard", life.Shard);
            span.Integer("incarnation", life.Incarnation);
            chain.Number(span);
            span.Integer("version", version);
            span.Integer("count", end - at);
            var bytes = new Packer();
            long last = 0;
            foreach ((long ticket, int kind) in life.Entries[at..end])
            {
                long step = ticket - last;
                bytes.Unsigned((((step << 1) ^ (step >> 63)) << 2) | (long)kind);
                last = ticket;
                version += kind == 0 ? 1 : 0;
            }

            span.Bytes("entries", bytes.ToArray());
            at = end;
            span.Truth("is_last", life.IsWhole && at == life.Entries.Count);
        }
        while (at < life.Entries.Count);

        return chain.End();
    }

    private static string Wrap(string scope, JsonObject span) => new JsonObject
    {
        ["resourceSpans"] = new JsonArray(new JsonObject
        {
            ["scopeSpans"] = new JsonArray(new JsonObject
            {
                ["scope"] = new JsonObject { ["name"] = scope },
                ["spans"] = new JsonArray(span),
            }),
        }),
    }.ToJsonString();

    private sealed class Chain(string job)
    {
        private readonly List<string> _lines = [];
        private string _digest = "";
        private long _sequence;
        private Span? _open;

        public Span Begin(string name)
        {
            Span span = BeginUnnumbered(name);
            Number(span);
            return span;
        }

        public Span BeginUnnumbered(string name)
        {
            Finish();
            _open = new Span(name);
            _open.Text("job", job);
            return _open;
        }

        public void Number(Span span) => span.Integer("sequence", _sequence++);

        public List<string> End()
        {
            Finish();
            return _lines;
        }

        private void Finish()
        {
            if (_open is not null)
            {
                _digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_digest + _open.Hashed)));
                _open.Text("digest", _digest);
                _lines.Add(Wrap("OrleansSgd", _open.Json()));
                _open = null;
            }
        }
    }

    private sealed class Span(string name)
    {
        private readonly JsonArray _attributes = [];
        private readonly StringBuilder _hashed = new(name);

        public string Hashed => _hashed.ToString();

        public void Text(string field, string value) => Add(field, "stringValue", value, value);

        public void Integer(string field, long value)
        {
            string text = value.ToString(CultureInfo.InvariantCulture);
            Add(field, "intValue", text, text);
        }

        public void Real(string field, double value) => Add(
            field, "doubleValue", double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture),
            BitConverter.DoubleToUInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture));

        public void Truth(string field, bool value) => Add(field, "boolValue", value, value ? "true" : "false");

        public void Bytes(string field, byte[] value) =>
            Add(field, "bytesValue", Convert.ToBase64String(value), Convert.ToBase64String(value));

        public void Known(string field, double? value)
        {
            if (value is { } known)
            {
                Real(field, known);
            }
        }

        public void Known(string field, string? value)
        {
            if (value is not null)
            {
                Text(field, value);
            }
        }

        public JsonObject Json() => new()
        {
            ["traceId"] = "00112233445566778899aabbccddeeff",
            ["spanId"] = "0011223344556677",
            ["name"] = name,
            ["kind"] = 1,
            ["startTimeUnixNano"] = "1700000000000000000",
            ["endTimeUnixNano"] = "1700000000000000001",
            ["attributes"] = _attributes,
        };

        private void Add(string field, string kind, JsonNode value, string hashed)
        {
            string full = "orleanssgd." + field;
            if (field != "digest")
            {
                _hashed.Append('\n').Append(full).Append('=').Append(hashed);
            }

            _attributes.Add(new JsonObject { ["key"] = full, ["value"] = new JsonObject { [kind] = value } });
        }
    }

    private sealed class Packer
    {
        private readonly List<byte> _bytes = [];

        public void Unsigned(long value)
        {
            ulong rest = (ulong)value;
            for (; rest >= 0x80; rest >>= 7)
            {
                _bytes.Add((byte)(rest | 0x80));
            }

            _bytes.Add((byte)rest);
        }

        public void Signed(long value) => Unsigned((value << 1) ^ (value >> 63));

        public void Real(double value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            _bytes.AddRange(bytes);
        }

        public void With(int flag, params double[] values)
        {
            if (flag != 0)
            {
                Array.ForEach(values, Real);
            }
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
