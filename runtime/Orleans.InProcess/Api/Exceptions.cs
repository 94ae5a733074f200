namespace Orleans.Runtime
{
    /// <summary>Trouble in the grid, as opposed to in a grain.</summary>
    public class OrleansException : Exception
    {
        /// <summary>Trouble without words.</summary>
        public OrleansException()
            : base("Unexpected error.")
        {
        }

        /// <summary>Trouble in words.</summary>
        public OrleansException(string message)
            : base(message)
        {
        }

        /// <summary>Trouble with a cause.</summary>
        public OrleansException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>A call was turned away and did not run to its end.</summary>
    public class OrleansMessageRejectionException : OrleansException
    {
        internal OrleansMessageRejectionException(string message)
            : base(message)
        {
        }

        internal OrleansMessageRejectionException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>The silo of the callee, or of the caller, is gone; the call may or may not have run.</summary>
    public sealed class SiloUnavailableException : OrleansMessageRejectionException
    {
        /// <summary>Without words.</summary>
        public SiloUnavailableException()
            : base("Silo unavailable")
        {
        }

        /// <summary>In words.</summary>
        public SiloUnavailableException(string msg)
            : base(msg)
        {
        }

        /// <summary>With a cause.</summary>
        public SiloUnavailableException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>The host is set up in a way that cannot work.</summary>
    public sealed class OrleansConfigurationException : Exception
    {
        /// <summary>What is wrong.</summary>
        public OrleansConfigurationException(string message)
            : base(message)
        {
        }

        /// <summary>What is wrong, and why.</summary>
        public OrleansConfigurationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}

namespace Orleans.Serialization
{
    /// <summary>A value of a type that cannot travel: add [GenerateSerializer] to it.</summary>
    public sealed class CodecNotFoundException : Exception
    {
        /// <summary>Which type, and what to do.</summary>
        public CodecNotFoundException(string message)
            : base(message)
        {
        }
    }
}
