package zapbridge

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// memberEncoder is an ObjectEncoder that makes a field of each member of an object.
type memberEncoder struct {
	to interface{ addField(zapcore.Field) }
}

var _ zapcore.ObjectEncoder = (*memberEncoder)(nil)

func (e *memberEncoder) AddArray(key string, v zapcore.ArrayMarshaler) error {
	e.to.addField(zap.Array(key, v))
	return nil
}

func (e *memberEncoder) AddObject(key string, v zapcore.ObjectMarshaler) error {
	e.to.addField(zap.Object(key, v))
	return nil
}

func (e *memberEncoder) AddReflected(key string, v any) error {
	e.to.addField(zap.Reflect(key, v))
	return nil
}

func (e *memberEncoder) OpenNamespace(key string)           { e.to.addField(zap.Namespace(key)) }
func (e *memberEncoder) AddBinary(key string, v []byte)     { e.to.addField(zap.Binary(key, v)) }
func (e *memberEncoder) AddByteString(key string, v []byte) { e.to.addField(zap.ByteString(key, v)) }
func (e *memberEncoder) AddBool(key string, v bool)         { e.to.addField(zap.Bool(key, v)) }
func (e *memberEncoder) AddComplex128(key string, v complex128) {
	e.to.addField(zap.Complex128(key, v))
}
func (e *memberEncoder) AddComplex64(key string, v complex64)    { e.to.addField(zap.Complex64(key, v)) }
func (e *memberEncoder) AddDuration(key string, v time.Duration) { e.to.addField(zap.Duration(key, v)) }
func (e *memberEncoder) AddFloat64(key string, v float64)        { e.to.addField(zap.Float64(key, v)) }
func (e *memberEncoder) AddFloat32(key string, v float32)        { e.to.addField(zap.Float32(key, v)) }
func (e *memberEncoder) AddInt(key string, v int)                { e.to.addField(zap.Int(key, v)) }
func (e *memberEncoder) AddInt64(key string, v int64)            { e.to.addField(zap.Int64(key, v)) }
func (e *memberEncoder) AddInt32(key string, v int32)            { e.to.addField(zap.Int32(key, v)) }
func (e *memberEncoder) AddInt16(key string, v int16)            { e.to.addField(zap.Int16(key, v)) }
func (e *memberEncoder) AddInt8(key string, v int8)              { e.to.addField(zap.Int8(key, v)) }
func (e *memberEncoder) AddString(key, v string)                 { e.to.addField(zap.String(key, v)) }
func (e *memberEncoder) AddTime(key string, v time.Time)         { e.to.addField(zap.Time(key, v)) }
func (e *memberEncoder) AddUint(key string, v uint)              { e.to.addField(zap.Uint(key, v)) }
func (e *memberEncoder) AddUint64(key string, v uint64)          { e.to.addField(zap.Uint64(key, v)) }
func (e *memberEncoder) AddUint32(key string, v uint32)          { e.to.addField(zap.Uint32(key, v)) }
func (e *memberEncoder) AddUint16(key string, v uint16)          { e.to.addField(zap.Uint16(key, v)) }
func (e *memberEncoder) AddUint8(key string, v uint8)            { e.to.addField(zap.Uint8(key, v)) }
func (e *memberEncoder) AddUintptr(key string, v uintptr)        { e.to.addField(zap.Uintptr(key, v)) }
