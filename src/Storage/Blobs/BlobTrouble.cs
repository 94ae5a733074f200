using System.Net.Sockets;
using System.Xml;
using Azure;
using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Storage.Blobs;

/// <summary>What an answer of the blob service means for a store, and what to do about it.</summary>
internal static class BlobTrouble
{
    private const int Unauthorized = 401;
    private const int Forbidden = 403;
    private const int NotFound = 404;
    private const int RequestTimeout = 408;
    private const int Conflict = 409;
    private const int PreconditionFailed = 412;
    private const int TooLarge = 413;
    private const int TooManyRequests = 429;
    private const int ServerErrorMin = 500;
    private const int InsufficientStorage = 507;

    /// <summary>True when the condition of a conditional write did not hold: somebody else wrote first.</summary>
    public static bool IsOvertaken(RequestFailedException error) =>
        error.Status == PreconditionFailed || (error.Status == Conflict && CodeOf(error) is "BlobAlreadyExists" or "ConditionNotMet");

    /// <summary>True when the blob is not there; a container that is not there is another matter.</summary>
    public static bool IsBlobMissing(RequestFailedException error) => error.Status == NotFound && CodeOf(error) is "BlobNotFound";

    /// <summary>True when the container is not there, or not yet.</summary>
    public static bool IsContainerMissing(RequestFailedException error) => error.Status == NotFound && CodeOf(error) is "ContainerNotFound";

    /// <summary>The error as the store says it; null when it is not the store's.</summary>
    /// <param name="isLate">True when the call was given up because its time was over.</param>
    public static CheckpointStoreException? Of(string address, string what, Exception error, bool isLate, TimeSpan slowAfter)
    {
        (StoreTrouble Kind, string Remedy)? found = error switch
        {
            CheckpointStoreException => null,
            _ when isLate =>
                (StoreTrouble.Slow, $"no answer within {slowAfter.TotalSeconds:0} s; the service is overloaded or the network hangs, and it is tried again"),
            RequestFailedException failed => OfAnswer(failed),
            AggregateException many when many.InnerExceptions.OfType<RequestFailedException>().LastOrDefault() is { } last => OfAnswer(last),
            AggregateException many when many.InnerExceptions.Any(one => one is OperationCanceledException) => Slow,
            OperationCanceledException => Slow,
            HttpRequestException or IOException or SocketException => Unreachable,
            XmlException => (StoreTrouble.Gone, "what answered is no blob service; look at the endpoint in the connection string"),
            _ => null,
        };
        return found is { } trouble
            ? new(trouble.Kind, $"{address}: {what} failed: {trouble.Remedy} ({Short(error)}).", error)
            : null;
    }

    private static (StoreTrouble Kind, string Remedy) Slow => (StoreTrouble.Slow, "the service did not answer in time; it is tried again");

    private static (StoreTrouble Kind, string Remedy) Unreachable =>
        (StoreTrouble.Gone, "the service cannot be reached; look at the network and at the endpoint in the connection string");

    private static (StoreTrouble Kind, string Remedy) OfAnswer(RequestFailedException error) => error.Status switch
    {
        0 => Unreachable,
        Forbidden when CodeOf(error) is "AuthorizationPermissionMismatch" =>
            (StoreTrouble.ReadOnly, "the credentials may read but not write; use ones that may"),
        Unauthorized or Forbidden => (StoreTrouble.Denied, "the credentials are wrong or do not allow it; renew the connection string"),
        NotFound => (StoreTrouble.Gone, "the container is not there; make it anew from a copy, or name another one"),
        Conflict when CodeOf(error) is "ContainerBeingDeleted" or "ContainerDisabled" =>
            (StoreTrouble.Gone, "the container is being deleted; name another one"),
        Conflict or PreconditionFailed => (StoreTrouble.Outclaimed, "somebody else wrote first"),
        TooLarge or InsufficientStorage => (StoreTrouble.Full, "no room is left in the account; free some, or raise its quota"),
        RequestTimeout or TooManyRequests or >= ServerErrorMin => (StoreTrouble.Slow, $"the service is busy (status {error.Status}); it is tried again"),
        _ => (StoreTrouble.Gone, $"the service refused it with status {error.Status}; look at the account"),
    };

    // The client's messages go on with headers and the whole request; the first line says it.
    private static string Short(Exception error)
    {
        Exception said = error is AggregateException { InnerExceptions: [.., var last] } ? last : error;
        string first = said.Message.Split('\n')[0].Trim().TrimEnd('.');
        return said is RequestFailedException failed && CodeOf(failed) is { Length: > 0 } code ? code : first;
    }

    // The body has it, unless a gateway in between sent another body or none.
    private static string? CodeOf(RequestFailedException error) =>
        error.ErrorCode ?? (error.GetRawResponse()?.Headers.TryGetValue("x-ms-error-code", out string? code) == true ? code : null);
}
