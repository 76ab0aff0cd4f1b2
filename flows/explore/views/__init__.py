"""The explorer's pages on Streamlit, one module each."""
