using System.Buffers;
using System.Text.Json;
using Azure;
using Azure.Core;

namespace OrleansSgd.Storage.Tables;

/// <summary>One small document in a table of Azure Storage, replaced as a whole and only against the version that was read.</summary>
/// <remarks>
/// One entity holds it, in pieces of at most 64 KiB, because that is what one property takes. So a write is one request, whole or not at all, and the service's
/// version of the entity tells writers apart. Thread-safe.
/// </remarks>
public sealed class TableDocument
{
    /// <summary>Most bytes of a document: an entity takes 1 MiB with everything around it.</summary>
    public const int LengthMax = PieceMax * PieceLength;

    private const int PieceMax = 10;
    private const int PieceLength = 1 << 16;

    private const int Created = 201;
    private const int Done = 204;
    private const int NotFound = 404;
    private const int Conflict = 409;
    private const int PreconditionFailed = 412;

    private readonly TableRequests _requests;
    private readonly string _table;
    private readonly string _name;

    /// <param name="connection">Connection string of the storage account; without <see cref="Mistake"/>.</param>
    /// <param name="table">The table: a letter, then letters and digits, 3 to 63 in all.</param>
    /// <param name="name">The document's name: letters, digits, hyphens and underscores.</param>
    /// <param name="time">The clock that requests are dated with; the system's when null.</param>
    /// <exception cref="ArgumentException">One of them is none.</exception>
    public TableDocument(string connection, string table, string name, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(name);
        if (!TableConnection.TryParse(connection, out TableConnection? found, out string? mistake))
        {
            throw new ArgumentException($"The connection string {mistake}.", nameof(connection));
        }

        if (table.Length is < 3 or > 63 || !char.IsAsciiLetter(table[0]) || !table.All(char.IsAsciiLetterOrDigit))
        {
            throw new ArgumentException($"'{table}' is no table name; use a letter, then letters and digits, 3 to 63 in all.", nameof(table));
        }

        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' is no document name; use letters, digits, hyphens and underscores.", nameof(name));
        }

        _requests = new(found, time ?? TimeProvider.System);
        _table = table;
        _name = name;
    }

    private string Entity => $"/{_table}(PartitionKey='{_name}',RowKey='document')";

    /// <summary>What is wrong with a connection string, such as "has no AccountKey…"; null when it can be used. The string itself is never quoted.</summary>
    public static string? Mistake(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return TableConnection.TryParse(connection, out _, out string? mistake) ? null : mistake;
    }

    /// <summary>True for what a document may be called.</summary>
    public static bool IsName(string name) =>
        name is { Length: > 0 and <= 128 } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>Makes the table unless it is there.</summary>
    /// <exception cref="IOException">The service cannot be reached or refuses.</exception>
    public async Task MakeTableAsync(CancellationToken cancellation = default)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["TableName"] = _table });
        using Response answer = await _requests.SendAsync(RequestMethod.Post, "/Tables", body, null, cancellation).ConfigureAwait(false);
        if (answer.Status is not (Created or Done or Conflict) || (answer.Status == Conflict && TableRequests.CodeOf(answer) != "TableAlreadyExists"))
        {
            throw _requests.Refused($"to make table {_table}", answer);
        }
    }

    /// <summary>The document and its version; null when there is none.</summary>
    /// <exception cref="IOException">The service cannot be reached or refuses.</exception>
    /// <exception cref="InvalidDataException">The entity is none of ours.</exception>
    public async Task<(byte[] Bytes, string Version)?> ReadAsync(CancellationToken cancellation = default)
    {
        using Response answer = await _requests.SendAsync(RequestMethod.Get, Entity, default, null, cancellation).ConfigureAwait(false);
        if (answer.Status == NotFound && TableRequests.CodeOf(answer) != "TableNotFound")
        {
            return null;
        }

        if (answer.Status != 200)
        {
            throw _requests.Refused($"to read {_name} of table {_table}", answer);
        }

        try
        {
            using JsonDocument entity = JsonDocument.Parse(answer.Content.ToMemory());
            string version = answer.Headers.ETag?.ToString() ?? entity.RootElement.GetProperty("odata.etag").GetString()!;
            return (Join(entity.RootElement), version);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"Entity {_name} of table {_table} is damaged or foreign; delete it, or name another cluster.", error);
        }
    }

    /// <summary>Writes the document if it still is what was read.</summary>
    /// <param name="bytes">At most <see cref="LengthMax"/>.</param>
    /// <param name="version">The version that was read; null: it must not be there.</param>
    /// <returns>False when it is something else by now; nothing was written.</returns>
    /// <exception cref="IOException">The service cannot be reached or refuses. Whether it was written is then not known.</exception>
    public async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes, string? version, CancellationToken cancellation = default)
    {
        if (bytes.Length > LengthMax)
        {
            throw new ArgumentException($"Document {_name} has {bytes.Length} bytes; a table takes {LengthMax}.", nameof(bytes));
        }

        using Response answer = version is null
            ? await _requests.SendAsync(RequestMethod.Post, $"/{_table}", Body(bytes.Span), null, cancellation).ConfigureAwait(false)
            : await _requests.SendAsync(RequestMethod.Put, Entity, Body(bytes.Span), version, cancellation).ConfigureAwait(false);
        return answer.Status switch
        {
            Created or Done => true,
            Conflict or PreconditionFailed => false,
            NotFound when version is not null && TableRequests.CodeOf(answer) != "TableNotFound" => false,
            _ => throw _requests.Refused($"to write {_name} of table {_table}", answer),
        };
    }

    /// <summary>Deletes the document, whatever its version, if it is there.</summary>
    /// <exception cref="IOException">The service cannot be reached or refuses.</exception>
    public async Task DeleteAsync(CancellationToken cancellation = default)
    {
        using Response answer = await _requests.SendAsync(RequestMethod.Delete, Entity, default, "*", cancellation).ConfigureAwait(false);
        if (answer.Status is not (Done or NotFound))
        {
            throw _requests.Refused($"to delete {_name} of table {_table}", answer);
        }
    }

    private static string PieceName(int index) => string.Create(null, $"Piece{index}");

    private static byte[] Join(JsonElement entity)
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (int i = 0; i < PieceMax && entity.TryGetProperty(PieceName(i), out JsonElement piece); i++)
        {
            bytes.Write(piece.GetBytesFromBase64());
        }

        return bytes.WrittenCount > 0 ? bytes.WrittenSpan.ToArray() : throw new FormatException("The entity has no piece.");
    }

    private ReadOnlyMemory<byte> Body(ReadOnlySpan<byte> bytes)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("PartitionKey", _name);
            json.WriteString("RowKey", "document");
            for (int i = 0; i * PieceLength < bytes.Length; i++)
            {
                int start = i * PieceLength;
                json.WriteString(PieceName(i) + "@odata.type", "Edm.Binary");
                json.WriteBase64String(PieceName(i), bytes.Slice(start, Math.Min(PieceLength, bytes.Length - start)));
            }

            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }
}
