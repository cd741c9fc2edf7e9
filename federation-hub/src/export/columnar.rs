//! A table as Parquet, for analysts: one row group, every column optional, texts as UTF-8, integers of 64 bits, numbers as doubles. It must
//! never write another value than the CSV file of the same table.

use std::sync::Arc;

use parquet::{
    basic::{LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::Type,
};

use super::{
    files::Unwritable,
    tables::{Cell, Column, Kind, Table},
};

/// The bytes of the file.
pub(super) fn parquet_bytes(table: &Table) -> Result<Vec<u8>, Unwritable> {
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(
        &mut bytes,
        Arc::new(schema(table)?),
        Arc::new(WriterProperties::default()),
    )?;
    let mut group = writer.next_row_group()?;
    for (place, column) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().map(|row| row.get(place).unwrap_or(&Cell::Empty));
        write_column(&mut group, column, &cells.collect::<Vec<_>>())?;
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let field = |column: &Column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Number => (Physical::DOUBLE, None),
        };
        let field = Type::primitive_type_builder(column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    };
    let fields = table.columns.iter().map(field).collect::<Result<_, _>>()?;
    Type::group_type_builder(table.name).with_fields(fields).build()
}

type Group<'a, 'b> = SerializedRowGroupWriter<'a, &'b mut Vec<u8>>;

fn write_column(group: &mut Group<'_, '_>, column: &Column, cells: &[&Cell]) -> Result<(), Unwritable> {
    match column.kind {
        Kind::Text => write_values::<ByteArrayType>(group, column, cells, |cell| match cell {
            Cell::Text(text) => Some(ByteArray::from(text.as_str())),
            Cell::Empty | Cell::Integer(_) | Cell::Number(_) => None,
        }),
        Kind::Integer => write_values::<Int64Type>(group, column, cells, |cell| match cell {
            Cell::Integer(number) => Some(*number),
            Cell::Empty | Cell::Text(_) | Cell::Number(_) => None,
        }),
        Kind::Number => write_values::<DoubleType>(group, column, cells, |cell| match cell {
            Cell::Number(number) => Some(*number),
            Cell::Empty | Cell::Text(_) | Cell::Integer(_) => None,
        }),
    }
}

/// The values that there are, and for each row whether there is one.
fn write_values<T: DataType>(
    group: &mut Group<'_, '_>,
    column: &Column,
    cells: &[&Cell],
    value: impl Fn(&Cell) -> Option<T::T>,
) -> Result<(), Unwritable> {
    let (mut values, mut present) = (Vec::new(), Vec::with_capacity(cells.len()));
    for cell in cells {
        present.push(i16::from(**cell != Cell::Empty));
        match value(cell) {
            Some(value) => values.push(value),
            None if **cell == Cell::Empty => {}
            None => return Err(Unwritable::Field(column.name)),
        }
    }
    let Some(mut writer) = group.next_column()? else { return Err(Unwritable::Field(column.name)) };
    writer.typed::<T>().write_batch(&values, Some(&present), None)?;
    writer.close()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::{
        file::reader::{FileReader as _, SerializedFileReader},
        record::Field,
    };

    use super::{super::tables::Privacy, *};

    const COLUMNS: &[Column] = &[
        Column { name: "model", unit: "", kind: Kind::Text, privacy: Privacy::Public },
        Column { name: "total", unit: "cell", kind: Kind::Integer, privacy: Privacy::Noise },
        Column { name: "figure", unit: "indicator", kind: Kind::Number, privacy: Privacy::Noise },
    ];

    fn table(rows: Vec<Vec<Cell>>) -> Table {
        Table { name: "series", columns: COLUMNS, rows }
    }

    #[test]
    fn what_is_read_again_is_what_was_written_and_nothing_where_there_is_nothing() {
        let rows = vec![
            vec![Cell::Text("bénévoles".to_owned()), Cell::Integer(i64::MIN), Cell::Empty],
            vec![Cell::Empty, Cell::Empty, Cell::Number(-0.1)],
            vec![Cell::Text("x".to_owned()), Cell::Integer(7), Cell::Number(1e300)],
        ];
        let reader = SerializedFileReader::new(Bytes::from(parquet_bytes(&table(rows)).unwrap())).unwrap();
        let read: Vec<Vec<(String, Field)>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| {
                row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect()
            })
            .collect();
        let named = |fields: [Field; 3]| -> Vec<(String, Field)> {
            ["model", "total", "figure"].map(str::to_owned).into_iter().zip(fields).collect()
        };
        let text = |text: &str| Field::Str(text.to_owned());
        assert_eq!(
            read,
            [
                named([text("bénévoles"), Field::Long(i64::MIN), Field::Null]),
                named([Field::Null, Field::Null, Field::Double(-0.1)]),
                named([text("x"), Field::Long(7), Field::Double(1e300)]),
            ]
        );
    }

    #[test]
    fn a_table_without_rows_has_its_columns_and_a_field_of_another_type_is_refused() {
        let reader = SerializedFileReader::new(Bytes::from(parquet_bytes(&table(vec![])).unwrap())).unwrap();
        assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), 3);
        let wrong = vec![vec![Cell::Integer(1), Cell::Empty, Cell::Empty]];
        assert!(matches!(parquet_bytes(&table(wrong)), Err(Unwritable::Field("model"))));
    }
}
