using Microsoft.Extensions.Logging;

namespace OrleansSgd.Client.Training;

/// <summary>Puts what the silos log on standard error: one line each; stack traces only when everything is asked for.</summary>
internal sealed class ErrorLog(TextWriter output, LogLevel least) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose()
    {
        // The writer belongs to the caller.
    }

    private void Write(LogLevel level, string category, string text, Exception? error)
    {
        string cause = error switch
        {
            null => "",
            _ when least <= LogLevel.Debug => Environment.NewLine + error,
            _ => $" ({error.Message})",
        };
        lock (_gate)
        {
            output.WriteLine($"{level.ToString().ToLowerInvariant()} {category}: {text}{cause}");
        }
    }

    private sealed class Line(ErrorLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.Least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }

    private LogLevel Least => least;
}
