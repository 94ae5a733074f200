using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class jit
    {
        /// <summary>Loads a TorchScript file, with its parameters in the processor's memory.</summary>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">It is no TorchScript file, or a damaged one.</exception>
        public static ScriptModule load(string filename, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Load(filename, device_type));

        public static ScriptModule load(byte[] bytes, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Load(bytes, device_type));

        public static ScriptModule<T1, TResult> load<T1, TResult>(string filename, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Load(filename, device_type));

        public static ScriptModule<T1, TResult> load<T1, TResult>(byte[] bytes, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Load(bytes, device_type));

        public static void save(ScriptModule module, string filename)
        {
            Native.Check(Native.grid_jit_save(module.Live, filename));
            GC.KeepAlive(module);
        }

        private static nint Load(string filename, DeviceType type)
        {
            if (!File.Exists(filename))
            {
                throw new FileNotFoundException(filename);
            }

            InitializeDeviceType(type);
            return Native.grid_jit_load(filename) is var module and not 0 ? module : throw Native.Failure();
        }

        private static nint Load(byte[] bytes, DeviceType type)
        {
            InitializeDeviceType(type);
            return Native.grid_jit_load_bytes(bytes, bytes.LongLength) is var module and not 0 ? module : throw Native.Failure();
        }
    }
}
